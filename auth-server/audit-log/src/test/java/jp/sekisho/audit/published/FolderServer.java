package jp.sekisho.audit.published;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A folder served on loopback, as a log's static server does. */
public final class FolderServer implements AutoCloseable {
  private final HttpServer server;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /** Serves a folder under {@code /log/}. */
  public FolderServer(Path folder) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/log/",
        exchange -> {
          try (exchange) {
            String name = exchange.getRequestURI().getPath().substring("/log/".length());
            asked.add(name);
            Path file = folder.resolve(name).normalize();
            if (file.startsWith(folder) && Files.isRegularFile(file)) {
              byte[] contents = Files.readAllBytes(file);
              exchange.sendResponseHeaders(200, contents.length == 0 ? -1 : contents.length);
              exchange.getResponseBody().write(contents);
            } else {
              exchange.sendResponseHeaders(404, -1);
            }
          }
        });
    server.start();
  }

  /** Adds an answer of another kind. */
  void answer(String path, com.sun.net.httpserver.HttpHandler handler) {
    server.createContext(path, handler);
  }

  /** Returns the log's address. */
  public String address() {
    return root() + "log";
  }

  String root() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  /** Returns the names asked for so far. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
