package jp.sekisho.smartcard.simulate;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.HexFormat;
import jdk.net.ExtendedSocketOptions;
import jp.sekisho.smartcard.Response;
import org.jspecify.annotations.Nullable;

/**
 * A slot of vpcd, pcscd's virtual reader, and the card in it. vpcd listens; a connection is an
 * inserted card. Messages are a two-byte length (big-endian) and that many bytes; a single byte is
 * power off (0), power on (1), reset (2) or "give your ATR" (4).
 *
 * <p>While a card is inserted, a lost connection (pcscd restarts) is made again. Thread-safe.
 */
public final class VirtualReader implements AutoCloseable {
  /** Contact card, T=1, no historical bytes worth reading: nobody may recognise us by ATR. */
  private static final byte[] ATR = HexFormat.of().parseHex("3B80800101");

  private static final Duration RETRY = Duration.ofMillis(50);

  private final InetSocketAddress address;
  private final ApduTrace trace;
  private final Thread thread = new Thread(this::run, "virtual-reader");
  private @Nullable PivApplet card;
  private @Nullable Socket connection;
  private boolean closed;

  VirtualReader(int port, ApduTrace trace) {
    this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.trace = trace;
    thread.setDaemon(true);
    thread.start();
  }

  /** Puts a card in, in place of the one there. */
  synchronized void insert(PivApplet inserted) {
    disconnect();
    card = inserted;
    notifyAll();
  }

  synchronized void remove() {
    card = null;
    disconnect();
  }

  synchronized boolean hasCard() {
    return card != null;
  }

  @Override
  public synchronized void close() {
    closed = true;
    remove();
    notifyAll();
  }

  private void run() {
    try {
      PivApplet current = awaitCard();
      while (current != null) {
        serve(current);
        Thread.sleep(RETRY.toMillis());
        current = awaitCard();
      }
    } catch (InterruptedException e) {
      close();
    }
  }

  /** The card to serve; null when the reader is closed. */
  private synchronized @Nullable PivApplet awaitCard() throws InterruptedException {
    while (card == null && !closed) {
      wait();
    }
    return closed ? null : card;
  }

  /** One connection: returns when it ends, for whatever reason. */
  private void serve(PivApplet current) {
    try (Socket socket = new Socket()) {
      socket.connect(address);
      socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
      if (adopt(socket, current)) {
        current.reset();
        converse(socket, current);
      }
    } catch (IOException e) {
      // pcscd is away or has closed the slot: the card stays in the reader, we connect again.
    }
  }

  private synchronized boolean adopt(Socket socket, PivApplet current) {
    connection = socket;
    return card == current;
  }

  private synchronized void disconnect() {
    if (connection != null) {
      try {
        connection.close();
      } catch (IOException e) {
        // Closed all the same.
      }
      connection = null;
    }
  }

  private void converse(Socket socket, PivApplet current) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    while (true) {
      acknowledgeAtOnce(socket);
      int length = in.readUnsignedShort();
      acknowledgeAtOnce(socket);
      byte[] message = in.readNBytes(length);
      if (message.length != length) {
        return;
      }
      if (length == 1) {
        if (message[0] == 4) {
          send(socket, ATR);
        } else {
          current.reset();
        }
      } else if (length > 1) {
        trace.command(message);
        Response response = current.process(message);
        trace.answer(response);
        send(socket, response.encode());
      }
    }
  }

  /** vpcd writes length and body apart; a delayed acknowledgement would cost 40 ms per command. */
  private static void acknowledgeAtOnce(Socket socket) throws IOException {
    if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK)) {
      socket.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
    }
  }

  private static void send(Socket socket, byte[] body) throws IOException {
    byte[] message = new byte[body.length + 2];
    message[0] = (byte) (body.length >> 8);
    message[1] = (byte) body.length;
    System.arraycopy(body, 0, message, 2, body.length);
    socket.getOutputStream().write(message);
  }
}
