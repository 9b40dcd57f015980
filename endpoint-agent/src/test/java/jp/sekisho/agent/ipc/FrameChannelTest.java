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
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
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

  /** Every type with its number and its bytes; a type that is added needs its row here. */
  @Test
  void everyTypeHasItsCodeAndItsBytes() throws Exception {
    Map<Frame, byte[]> rows = new LinkedHashMap<>();
    rows.put(
        Frame.of(FrameType.HELLO, new Messages.Hello(2, "ja")),
        frame(1, "{\"version\":2,\"language\":\"ja\"}"));
    rows.put(new Frame(FrameType.PROMPT, bytes("{}")), frame(2, "{}"));
    rows.put(new Frame(FrameType.PIN, bytes("0000123456")), frame(3, "0000123456"));
    rows.put(
        Frame.of(FrameType.NO_PIN, new Messages.NoPin(7, Refusal.PIN_CANCELLED)),
        frame(4, "{\"prompt\":7,\"refusal\":\"PIN_CANCELLED\"}"));
    rows.put(Frame.of(FrameType.PING), frame(5, ""));
    rows.put(Frame.of(FrameType.PONG), frame(6, ""));
    rows.put(Frame.of(FrameType.LOCK), frame(7, ""));
    rows.put(
        Frame.of(FrameType.CLOSE_PROMPT, new Messages.ClosePrompt(7)), frame(8, "{\"prompt\":7}"));
    rows.put(Frame.of(FrameType.SHOWN, new Messages.Shown(7)), frame(9, "{\"prompt\":7}"));
    rows.put(
        Frame.of(FrameType.EMERGENCY, new Messages.Emergency(2, 30, "disaster")),
        frame(10, "{\"version\":2,\"minutes\":30,\"reason\":\"disaster\"}"));
    rows.put(
        Frame.of(FrameType.STEP, new Messages.Step("first", Refusal.PIN_WRONG)),
        frame(11, "{\"step\":\"first\",\"problem\":\"PIN_WRONG\"}"));
    rows.put(
        Frame.of(FrameType.ENDED, new Messages.Ended(null, "/run/sekisho/media/3-1/medium", 30)),
        frame(12, "{\"place\":\"/run/sekisho/media/3-1/medium\",\"minutes\":30}"));
    rows.put(
        Frame.of(FrameType.OFFLINE, new Messages.Offline(2, false)),
        frame(13, "{\"version\":2,\"lastTry\":false}"));
    rows.put(
        Frame.of(
            FrameType.OFFLINE_ENDED,
            new Messages.OfflineEnded(null, "S-1024", 720, null, null, "内線 1234")),
        frame(14, "{\"person\":\"S-1024\",\"minutes\":720,\"help\":\"内線 1234\"}"));
    rows.put(
        Frame.of(FrameType.EXPORT, new Messages.Export(2, "AAAAAAAAAAAAAAAAAAAAAA")),
        frame(15, "{\"version\":2,\"grant\":\"AAAAAAAAAAAAAAAAAAAAAA\"}"));
    rows.put(Frame.of(FrameType.NEXT), frame(16, ""));
    rows.put(
        Frame.of(FrameType.FILE, new Messages.OfferedFile("名簿.csv", 1234)),
        frame(17, "{\"name\":\"名簿.csv\",\"bytes\":1234}"));
    rows.put(Frame.of(FrameType.MORE), frame(18, ""));
    rows.put(new Frame(FrameType.DATA, bytes("123")), frame(19, "123"));
    rows.put(Frame.of(FrameType.UNREADABLE), frame(20, ""));
    rows.put(
        Frame.of(FrameType.WRITTEN, new Messages.Written("SEKISHO-1.p7m", 1, 1234, 2345, "h")),
        frame(
            21,
            "{\"name\":\"SEKISHO-1.p7m\",\"part\":1,\"content\":1234,\"bytes\":2345,"
                + "\"sha256\":\"h\"}"));
    rows.put(new Frame(FrameType.PASSPHRASE, bytes("0000-1111")), frame(22, "0000-1111"));
    rows.put(new Frame(FrameType.NOTED, new byte[] {1}), frame(23, "\u0001"));
    rows.put(
        Frame.of(
            FrameType.EXPORT_ENDED,
            new Messages.ExportEnded(Refusal.EXPORT_BROKEN_OFF, 2, "内線 1234")),
        frame(24, "{\"refusal\":\"EXPORT_BROKEN_OFF\",\"files\":2,\"help\":\"内線 1234\"}"));
    rows.put(
        Frame.of(FrameType.IMPORT, new Messages.Import(2, "AAAAAAAAAAAAAAAAAAAAAA")),
        frame(25, "{\"version\":2,\"grant\":\"AAAAAAAAAAAAAAAAAAAAAA\"}"));
    rows.put(
        Frame.of(FrameType.STAGE, new Messages.Stage("copying")),
        frame(26, "{\"stage\":\"copying\"}"));
    rows.put(
        Frame.of(FrameType.OFFER, new Messages.Offer(List.of("税", "名簿.csv"), 1234)),
        frame(27, "{\"path\":[\"税\",\"名簿.csv\"],\"bytes\":1234}"));
    rows.put(Frame.of(FrameType.READY), frame(28, ""));
    rows.put(new Frame(FrameType.PIECE, bytes("123")), frame(29, "123"));
    rows.put(Frame.of(FrameType.KEPT, new Messages.Kept("h")), frame(30, "{\"sha256\":\"h\"}"));
    rows.put(Frame.of(FrameType.UNKEPT), frame(31, ""));
    rows.put(
        Frame.of(
            FrameType.LEFT_OUT, new Messages.LeftOut("税/請求書.pdf", Refusal.IMPORT_VIRUS, "Eicar")),
        frame(32, "{\"file\":\"税/請求書.pdf\",\"reason\":\"IMPORT_VIRUS\",\"found\":\"Eicar\"}"));
    rows.put(
        Frame.of(FrameType.TAKEN, new Messages.Taken(List.of("名簿.csv"), 1234, "h", "csv")),
        frame(33, "{\"path\":[\"名簿.csv\"],\"bytes\":1234,\"sha256\":\"h\",\"kind\":\"csv\"}"));
    rows.put(
        Frame.of(
            FrameType.IMPORT_ENDED,
            new Messages.ImportEnded(Refusal.IMPORT_BROKEN_OFF, 2, 1, "内線 1234")),
        frame(
            34,
            "{\"refusal\":\"IMPORT_BROKEN_OFF\",\"files\":2,\"leftOut\":1,\"help\":\"内線 1234\"}"));
    rows.put(
        Frame.of(
            FrameType.CLIPBOARD, new Messages.Clipboard("guard", true, List.of("juki", "zei"))),
        frame(35, "{\"mode\":\"guard\",\"keeps\":true,\"free\":[\"juki\",\"zei\"]}"));
    rows.put(
        Frame.of(FrameType.CLIPBOARD_STANDING, new Messages.ClipboardStanding("clipboard-wayland")),
        frame(36, "{\"fault\":\"clipboard-wayland\"}"));
    rows.put(
        Frame.of(
            FrameType.CROSSING,
            new Messages.CrossingAsked(
                1, "clipboard", "juki", "", List.of("text"), 123, true, "high")),
        frame(
            37,
            "{\"number\":1,\"board\":\"clipboard\",\"from\":\"juki\",\"to\":\"\","
                + "\"formats\":[\"text\"],\"bytes\":123,\"searched\":true,\"score\":\"high\"}"));
    rows.put(
        Frame.of(
            FrameType.CROSSING_ANSWER,
            new Messages.CrossingAnswer(1, Refusal.CLIPBOARD_NUMBER, "番号", "a number", false, "")),
        frame(
            38,
            "{\"number\":1,\"refusal\":\"CLIPBOARD_NUMBER\",\"ja\":\"番号\",\"en\":\"a number\","
                + "\"warn\":false,\"help\":\"\"}"));
    rows.put(
        Frame.of(FrameType.CLIPBOARD_USE, new Messages.Export(2, "AAAAAAAAAAAAAAAAAAAAAA")),
        frame(39, "{\"version\":2,\"grant\":\"AAAAAAAAAAAAAAAAAAAAAA\"}"));
    rows.put(
        Frame.of(FrameType.CLIPBOARD_OPEN, new Messages.ClipboardOpen(30, 1_048_576)),
        frame(40, "{\"minutes\":30,\"bytes\":1048576}"));
    rows.put(
        Frame.of(
            FrameType.CLIPBOARD_ENDED, new Messages.ClipboardEnded(null, "deadline", 3, 4096, "")),
        frame(41, "{\"cause\":\"deadline\",\"copies\":3,\"bytes\":4096,\"help\":\"\"}"));
    Set<FrameType> seen = EnumSet.noneOf(FrameType.class);
    for (Map.Entry<Frame, byte[]> row : rows.entrySet()) {
      FrameType type = row.getKey().type();
      assertArrayEquals(row.getValue(), written(row.getKey()), type::name);
      assertEquals(Optional.of(type), FrameType.of(type.code()));
      seen.add(type);
    }
    assertEquals(EnumSet.allOf(FrameType.class), seen);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
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
