package jp.sekisho.agent.platform.linux.x11;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import jp.sekisho.agent.enforce.clipboard.Content;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection to an X11 display, protocol 11.0. One thread asks and takes events; another
 * one, its own, only reads. What is wrong with one request ({@code BadWindow}: the other program is
 * gone) is an answer; everything else ends the connection.
 */
final class XConnection implements Closeable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int LARGEST_REPLY = 16 << 20;

  /** Longest request that every display takes, in bytes. */
  static final int LARGEST_REQUEST = 65535 * 4;

  private final SocketChannel channel;
  private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>(1024);
  private final Deque<Packet> deferred = new ArrayDeque<>();
  private final ByteBuffer out = buffer(LARGEST_REQUEST);
  private int sequence;
  private int nextId;
  private int idMask;
  private int root;

  /** In place of a packet: there are no more. */
  private record End(IOException why) {}

  /** In place of a packet: look at something else. */
  private record Wake() {}

  private XConnection(SocketChannel channel) {
    this.channel = channel;
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }

  /**
   * Connects.
   *
   * @throws IOException when nothing listens there, or it lets nobody in
   */
  static XConnection open(DisplayName display) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    XConnection connection = new XConnection(channel);
    boolean done = false;
    try {
      channel.connect(UnixDomainSocketAddress.of(display.socket()));
      connection.setUp(display.cookie());
      done = true;
      return connection;
    } finally {
      if (!done) {
        channel.close();
      }
    }
  }

  private void setUp(byte[] cookie) throws IOException {
    byte[] name =
        (cookie.length == 0 ? "" : "MIT-MAGIC-COOKIE-1").getBytes(StandardCharsets.US_ASCII);
    out.clear();
    out.put((byte) (out.order() == ByteOrder.LITTLE_ENDIAN ? 'l' : 'B')).put((byte) 0);
    out.putShort((short) 11).putShort((short) 0);
    out.putShort((short) name.length).putShort((short) cookie.length).putShort((short) 0);
    out.put(name).put(new byte[pad(name.length)]).put(cookie).put(new byte[pad(cookie.length)]);
    Arrays.fill(cookie, (byte) 0);
    send();
    ByteBuffer head = buffer(8);
    fill(head);
    ByteBuffer more = buffer(Short.toUnsignedInt(head.getShort(6)) * 4);
    fill(more);
    if (head.get(0) != 1) {
      throw new IOException("the display lets nobody in");
    }
    nextId = more.getInt(4);
    idMask = more.getInt(8);
    int vendor = Short.toUnsignedInt(more.getShort(16));
    int formats = more.get(21) & 0xFF;
    root = more.getInt(32 + vendor + pad(vendor) + 8 * formats);
    Thread reader = new Thread(this::read, "x11-reader");
    reader.setDaemon(true);
    reader.start();
  }

  private static int pad(int length) {
    return -length & 3;
  }

  /** The display's root window. */
  int root() {
    return root;
  }

  /** An id for something of this client's. */
  int newId() {
    return nextId++;
  }

  /** The same for all that one client made, and for no other client. */
  int client(int id) {
    return id & ~idMask;
  }

  /** Begins a request; what follows is put in, and {@link #end()} fills in its length. */
  ByteBuffer request(int opcode, int data) {
    out.clear();
    return out.put((byte) opcode).put((byte) data).putShort((short) 0);
  }

  /** Sends the request begun last; its number. */
  int end() throws IOException {
    out.put(new byte[pad(out.position())]);
    out.putShort(2, (short) (out.position() / 4));
    send();
    sequence = (sequence + 1) & 0xFFFF;
    return sequence;
  }

  private void send() throws IOException {
    int length = out.flip().limit();
    try {
      while (out.hasRemaining()) {
        channel.write(out);
      }
    } finally {
      // It may have held what was copied.
      for (int at = 0; at < length; at++) {
        out.put(at, (byte) 0);
      }
    }
  }

  /** The reply to the request with this number, which the caller closes; null for an error. */
  @Nullable Packet reply(int number) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new IOException("the display does not answer");
      }
      Packet packet = take(left);
      if (packet == null) {
        continue; // Woken: this is not what it was woken for.
      }
      if (packet.type() == Packet.REPLY && packet.sequence() == number) {
        return packet;
      }
      if (packet.type() == Packet.ERROR) {
        boolean ours = packet.sequence() == number;
        packet.close();
        if (ours) {
          return null;
        }
        continue;
      }
      deferred.add(packet);
    }
  }

  /**
   * The next event, which the caller closes; null when {@code atMost} is over, or after {@link
   * #wake}.
   */
  @Nullable Packet event(Duration atMost) throws IOException {
    Packet waiting = deferred.poll();
    if (waiting != null) {
      return waiting;
    }
    Packet packet = take(Math.max(0, atMost.toNanos()));
    if (packet != null && packet.type() == Packet.ERROR) {
      packet.close();
      return null;
    }
    return packet;
  }

  private @Nullable Packet take(long nanos) throws IOException {
    try {
      Object next = arrived.poll(nanos, TimeUnit.NANOSECONDS);
      if (next instanceof End end) {
        // For whoever asks next as well.
        var unused = arrived.offer(end);
        throw new IOException("the display is gone", end.why());
      }
      return next instanceof Packet packet ? packet : null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Has {@link #event} return now. */
  void wake() {
    var unused = arrived.offer(new Wake());
  }

  private void read() {
    try {
      while (true) {
        ByteBuffer head = buffer(32);
        fill(head);
        int type = head.get(0) & 0x7F;
        long more = type == Packet.REPLY ? Integer.toUnsignedLong(head.getInt(4)) * 4 : 0;
        if (more > LARGEST_REPLY) {
          throw new IOException("a reply over " + LARGEST_REPLY + " bytes");
        }
        ByteBuffer whole = head;
        if (more > 0) {
          whole = buffer(32 + (int) more);
          head.clear();
          whole.put(head);
          Content.wipe(head);
          while (whole.hasRemaining()) {
            readInto(whole);
          }
        }
        whole.clear();
        arrived.put(new Packet(whole));
      }
    } catch (IOException e) {
      end(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end(new IOException("interrupted", e));
    }
  }

  private void end(IOException why) {
    while (!arrived.offer(new End(why))) {
      // Nobody takes packets any more, or too slowly: the end is all that counts now.
      if (arrived.poll() instanceof Packet packet) {
        packet.close();
      }
    }
  }

  private void fill(ByteBuffer buffer) throws IOException {
    buffer.clear();
    while (buffer.hasRemaining()) {
      readInto(buffer);
    }
  }

  private void readInto(ByteBuffer buffer) throws IOException {
    if (channel.read(buffer) < 0) {
      throw new EOFException("the display closed");
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
