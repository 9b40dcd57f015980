package jp.sekisho.smartcard.simulate;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.Optional;
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
  private static final Duration RETRY = Duration.ofMillis(50);

  /**
   * How long the reader stays empty at least: longer than pcscd's look at it every 400 ms. A card
   * exchanged faster than any hand can leaves pcscd convinced that the reader is empty.
   */
  private static final Duration EMPTY = Duration.ofMillis(600);

  /**
   * vpcd listens without a backlog: while it has not yet accepted a connection we already gave up,
   * the kernel drops further ones and would retry for us only after 1, 3, 7, 15 s.
   */
  private static final Duration CONNECT = Duration.ofMillis(200);

  private final InetSocketAddress address;
  private final ApduTrace trace;
  private final Faults faults;
  private final Thread thread = new Thread(this::run, "virtual-reader");
  private @Nullable Applet card;
  private @Nullable Socket connection;
  private boolean idle;
  private boolean closed;

  VirtualReader(int port, ApduTrace trace, Faults faults) {
    this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.trace = trace;
    this.faults = faults;
    thread.setDaemon(true);
    thread.start();
  }

  /** Puts a card in, in place of the one there. */
  synchronized void insert(Applet inserted) {
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

  /** Whether no card is in, and has been long enough for pcscd to see it: another may come. */
  synchronized boolean isEmpty() {
    return card == null && idle;
  }

  @Override
  public synchronized void close() {
    closed = true;
    remove();
    notifyAll();
  }

  private void run() {
    try {
      Applet current = awaitCard();
      while (current != null) {
        Thread.sleep((serve(current) ? EMPTY : RETRY).toMillis());
        current = awaitCard();
      }
    } catch (InterruptedException e) {
      close();
    }
  }

  /** The card to serve; null when the reader is closed. */
  private synchronized @Nullable Applet awaitCard() throws InterruptedException {
    while (card == null && !closed) {
      idle = true;
      wait();
    }
    idle = false;
    return closed ? null : card;
  }

  /**
   * One connection, until it ends for whatever reason.
   *
   * @return whether the card was taken out and vpcd knows it
   */
  private boolean serve(Applet current) {
    try (Socket socket = new Socket()) {
      socket.connect(address, Math.toIntExact(CONNECT.toMillis()));
      socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
      if (!adopt(socket, current)) {
        return true;
      }
      current.reset();
      try {
        converse(socket, current);
      } finally {
        current.reset();
      }
      return !isConnected(socket);
    } catch (IOException e) {
      // pcscd is away or has closed the slot: the card stays in the reader, we connect again.
      return false;
    }
  }

  private synchronized boolean adopt(Socket socket, Applet current) {
    if (!current.equals(card)) {
      return false;
    }
    connection = socket;
    return true;
  }

  private synchronized boolean isConnected(Socket socket) {
    return socket.equals(connection);
  }

  /** Says no more; when vpcd finds that out it hangs up, and the conversation ends. */
  private synchronized void disconnect() {
    if (connection != null) {
      try {
        connection.shutdownOutput();
      } catch (IOException e) {
        // Then it is down already.
      }
      connection = null;
    }
  }

  private void converse(Socket socket, Applet current) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    while (true) {
      acknowledgeAtOnce(socket);
      int length = readLength(in);
      if (length < 0) {
        return;
      }
      acknowledgeAtOnce(socket);
      byte[] message = in.readNBytes(length);
      if (message.length != length) {
        return;
      }
      if (!isConnected(socket)) {
        continue;
      }
      if (length == 1) {
        if (message[0] == 4) {
          send(socket, current.atr());
        } else {
          current.reset();
        }
      } else if (length > 1) {
        trace.command(message);
        answer(socket, current, message);
      }
    }
  }

  private void answer(Socket socket, Applet current, byte[] message) throws IOException {
    Optional<Faults.Fault> fault = faults.next();
    fault.ifPresent(planned -> trace.add("! " + planned.getClass().getSimpleName()));
    pause(faults.delay());
    if (fault.isPresent() && fault.get() instanceof Faults.Fault.Remove) {
      remove();
      return;
    }
    if (fault.isPresent() && fault.get() instanceof Faults.Fault.Garbage garbage) {
      send(socket, garbage.answer());
      return;
    }
    if (fault.isPresent() && fault.get() instanceof Faults.Fault.Reset) {
      current.reset();
    }
    Response response = current.process(message);
    trace.answer(response);
    if (fault.isPresent() && fault.get() instanceof Faults.Fault.Tear) {
      remove();
      return;
    }
    // The card may have been taken out while it was at work.
    if (isConnected(socket)) {
      send(socket, response.encode());
    }
  }

  private static void pause(Duration delay) throws IOException {
    try {
      Thread.sleep(delay.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the reader is closed");
    }
  }

  /** -1 when vpcd hung up. */
  private static int readLength(DataInputStream in) throws IOException {
    int high = in.read();
    return high < 0 ? -1 : high << 8 | in.readUnsignedByte();
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
