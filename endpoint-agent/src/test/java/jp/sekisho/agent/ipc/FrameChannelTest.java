package jp.sekisho.agent.ipc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import jp.sekisho.agent.seat.PinPrompt;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import org.junit.jupiter.api.Test;

/** docs/protocol.md, "Between agent service and agent session", byte by byte. */
class FrameChannelTest {
  /** Reads from one array, a few bytes at a time, and writes to another. */
  private static final class Wire implements ByteChannel {
    private final ByteBuffer in;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Wire(byte[] in) {
      this.in = ByteBuffer.wrap(in);
    }

    @Override
    public int read(ByteBuffer target) {
      if (!in.hasRemaining()) {
        return -1;
      }
      int count = Math.min(7, Math.min(in.remaining(), target.remaining()));
      for (int i = 0; i < count; i++) {
        target.put(in.get());
      }
      return count;
    }

    @Override
    public int write(ByteBuffer source) {
      out.write(source.get());
      return 1;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static byte[] written(Frame frame) throws IOException {
    Wire wire = new Wire(new byte[0]);
    new FrameChannel(wire).write(frame);
    return wire.out.toByteArray();
  }

  private static byte[] frame(int type, String payload) {
    byte[] text = payload.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(5 + text.length)
        .put((byte) type)
        .putInt(text.length)
        .put(text)
        .array();
  }

  @Test
  void helloIsTypeOneWithVersionAndLanguage() throws Exception {
    assertArrayEquals(
        frame(1, "{\"version\":2,\"language\":\"ja\"}"),
        written(Frame.of(FrameType.HELLO, Messages.Hello.in(Locale.JAPANESE))));
  }

  @Test
  void promptIsTypeTwoAndSaysTextNull() throws Exception {
    assertArrayEquals(
        frame(
            2,
            "{\"prompt\":7,\"reader\":\"職員用 00\",\"triesLeft\":3,\"purpose\":\"login\",\"text\":null,\"card\":\"staff-piv\",\"onKeys\":false}"),
        written(
            Frame.of(
                FrameType.PROMPT,
                Messages.Prompt.of(7, new PinPrompt("職員用 00", 3, "login", null)))));
  }

  @Test
  void pinIsTypeThreeWithNumberAndBytes() throws Exception {
    Frame pin = new Frame(FrameType.PIN, HexFormat.of().parseHex("00000007313233343536"));
    assertArrayEquals(HexFormat.of().parseHex("030000000a00000007313233343536"), written(pin));
  }

  @Test
  void noPinIsTypeFour() throws Exception {
    assertArrayEquals(
        frame(4, "{\"prompt\":7,\"refusal\":\"PIN_CANCELLED\"}"),
        written(Frame.of(FrameType.NO_PIN, new Messages.NoPin(7, Refusal.PIN_CANCELLED))));
  }

  @Test
  void pingPongAndLockAreEmpty() throws Exception {
    assertArrayEquals(HexFormat.of().parseHex("0500000000"), written(Frame.of(FrameType.PING)));
    assertArrayEquals(HexFormat.of().parseHex("0600000000"), written(Frame.of(FrameType.PONG)));
    assertArrayEquals(HexFormat.of().parseHex("0700000000"), written(Frame.of(FrameType.LOCK)));
  }

  @Test
  void closePromptIsTypeEight() throws Exception {
    assertArrayEquals(
        frame(8, "{\"prompt\":7}"),
        written(Frame.of(FrameType.CLOSE_PROMPT, new Messages.ClosePrompt(7))));
  }

  @Test
  void largestFrameSurvivesTheWay() throws Exception {
    byte[] payload = new byte[Frame.MAX_PAYLOAD];
    new Random(1).nextBytes(payload);
    byte[] wire = written(new Frame(FrameType.PROMPT, payload));
    try (Frame frame = new FrameChannel(new Wire(wire)).read()) {
      assertArrayEquals(payload, frame.payload());
    }
  }

  @Test
  void lengthOverTheLimitOfItsTypeIsRefusedBeforeItIsRead() {
    for (String header :
        new String[] {
          "0200010001", "0300000105", "0100000401", "0500000001", "02ffffffff", "027fffffff"
        }) {
      FrameChannel channel = new FrameChannel(new Wire(HexFormat.of().parseHex(header)));
      assertThrows(MalformedException.class, channel::read, header);
    }
  }

  @Test
  void unknownTypesAreRefused() {
    int last = FrameType.values().length;
    for (int type : new int[] {0, last + 1, 127, 128, 255}) {
      FrameChannel channel = new FrameChannel(new Wire(frame(type, "")));
      assertThrows(MalformedException.class, channel::read);
    }
  }

  @Test
  void cutFrameIsAnEnd() {
    byte[] whole = frame(1, "{\"version\":2,\"language\":\"ja\"}");
    for (int length = 0; length < whole.length; length++) {
      FrameChannel channel = new FrameChannel(new Wire(java.util.Arrays.copyOf(whole, length)));
      assertThrows(EOFException.class, channel::read);
    }
  }

  /** Seeded: any bytes end in frames within their limits, a clear refusal, or the end. */
  @Test
  void anyBytesAreReadWithoutSurprise() throws Exception {
    Random random = new Random(20261121);
    int frames = 0;
    int ends = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      if (bytes.length > 5 && random.nextBoolean()) {
        bytes[0] = (byte) (random.nextInt(8) + 1);
        bytes[1] = bytes[2] = bytes[3] = 0;
        bytes[4] = (byte) random.nextInt(bytes.length);
      }
      FrameChannel channel = new FrameChannel(new Wire(bytes));
      try {
        while (true) {
          try (Frame frame = channel.read()) {
            frames++;
            assertFalse(frame.payload().length > frame.type().maxPayload());
            if (frame.type() == FrameType.NO_PIN) {
              frame.read(Messages.NoPin.class).check();
            } else if (frame.type() == FrameType.PROMPT) {
              frame.read(Messages.Prompt.class).check();
            }
          }
        }
      } catch (EOFException | MalformedException e) {
        ends++;
      }
    }
    assertEquals(20_000, ends);
    assertFalse(frames < 1000, "the generator made too few frames: " + frames);
  }

  @Test
  void closedFrameIsWipedAndItsTextHidesThePayload() {
    byte[] payload = HexFormat.of().parseHex("00000001313233343536");
    Frame frame = new Frame(FrameType.PIN, payload);
    assertEquals("PIN[10 bytes]", frame.toString());
    frame.close();
    assertArrayEquals(new byte[10], payload);
  }

  @Test
  void messagesAreNotBelievedUnseen() {
    assertRefused(FrameType.HELLO, "{\"version\":1,\"language\":\"ja\"}", Messages.Hello.class);
    assertRefused(FrameType.HELLO, "{\"version\":3,\"language\":\"ja\"}", Messages.Hello.class);
    assertRefused(FrameType.HELLO, "{\"version\":2,\"language\":\"fr\"}", Messages.Hello.class);
    assertRefused(FrameType.HELLO, "{\"version\":2}", Messages.Hello.class);
    assertRefused(
        FrameType.NO_PIN, "{\"prompt\":1,\"refusal\":\"INTERNAL\"}", Messages.NoPin.class);
    assertRefused(FrameType.NO_PIN, "{\"prompt\":1}", Messages.NoPin.class);
    assertRefused(FrameType.PROMPT, "{\"prompt\":1,\"triesLeft\":3}", Messages.Prompt.class);
    assertRefused(
        FrameType.PROMPT,
        "{\"prompt\":1,\"reader\":\"r\",\"triesLeft\":0,\"purpose\":\"login\",\"card\":\"staff-piv\"}",
        Messages.Prompt.class);
    assertRefused(
        FrameType.PROMPT,
        "{\"prompt\":1,\"reader\":\"r\",\"triesLeft\":3,\"purpose\":\"LOGIN;\",\"card\":\"staff-piv\"}",
        Messages.Prompt.class);
  }

  private static void assertRefused(FrameType type, String json, Class<?> message) {
    Frame frame = new Frame(type, json.getBytes(StandardCharsets.UTF_8));
    assertThrows(
        MalformedException.class,
        () -> {
          Object read = frame.read(message);
          if (read instanceof Messages.Hello hello) {
            hello.check();
          } else if (read instanceof Messages.NoPin none) {
            none.check();
          } else if (read instanceof Messages.Prompt prompt) {
            prompt.check();
          }
        },
        json);
  }
}
