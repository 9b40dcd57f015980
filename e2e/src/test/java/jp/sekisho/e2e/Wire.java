package jp.sekisho.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The network between two programs of this machine: a port that hands bytes on to another one, or
 * does something worse to new connections. A change of state cuts all that are open.
 */
final class Wire implements AutoCloseable {
  /** What becomes of a connection. */
  enum State {
    /** Bytes go both ways. */
    WHOLE,
    /** Closed at once. */
    CUT,
    /** Accepted, and never a byte. */
    SILENT,
    /** Answered with what is no TLS. */
    GARBAGE
  }

  private final ServerSocket door;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private State state = State.WHOLE;

  Wire(int target) throws IOException {
    this.target = target;
    this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread _ = Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return door.getLocalPort();
  }

  synchronized void become(State next) {
    state = next;
    open.forEach(Wire::close);
    open.clear();
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        take(door.accept());
      } catch (IOException e) {
        // The door was closed, or the other side left.
      }
    }
  }

  /** In one turn, so that none of a state outlives it. */
  private synchronized void take(Socket socket) throws IOException {
    open.add(socket);
    switch (state) {
      case WHOLE -> join(socket);
      case CUT -> close(socket);
      case SILENT -> {
        // Kept, unread.
      }
      case GARBAGE -> {
        socket
            .getOutputStream()
            .write("HTTP/1.1 200 OK\r\n\r\n{}".getBytes(StandardCharsets.US_ASCII));
        close(socket);
      }
    }
  }

  private void join(Socket from) throws IOException {
    Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
    open.add(to);
    Thread _ = Thread.ofVirtual().start(() -> copy(from, to));
    Thread _ = Thread.ofVirtual().start(() -> copy(to, from));
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      long _ = in.transferTo(out);
    } catch (IOException e) {
      // Either end left.
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed then.
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
    become(State.CUT);
  }
}
