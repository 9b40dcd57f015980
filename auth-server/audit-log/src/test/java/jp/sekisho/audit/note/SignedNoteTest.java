package jp.sekisho.audit.note;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import jp.sekisho.audit.Fixtures;
import jp.sekisho.audit.FormatException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Signed notes; PeterNeumann and EnochRoot are those of Go's x/mod/sumdb/note/note_test.go. */
class SignedNoteTest {
  private static final String PETER =
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
  private static final String PETER_SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
  private static final String ENOCH =
      "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
  private static final String TEXT =
      """
      If you think cryptography is the answer to your problem,
      then you don't know what your problem is.
      """;
  private static final String PETER_LINE =
      "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
  private static final String ENOCH_LINE =
      "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

  private static byte[] peterSeed() {
    byte[] typed = Base64.getDecoder().decode(PETER_SEED);
    return Arrays.copyOfRange(typed, 1, typed.length);
  }

  private static NoteOpening open(String note, String... keys) throws FormatException {
    List<VerifierKey> known =
        Stream.of(keys)
            .map(key -> {
              try {
                return VerifierKey.parse(key);
              } catch (FormatException e) {
                throw new IllegalArgumentException(e);
              }
            })
            .toList();
    return SignedNote.parse(note.getBytes(StandardCharsets.UTF_8)).open(known);
  }

  @Test
  @DisplayName("Go TestSign: the same bytes from the same key")
  void signsAsGoDoes() throws Exception {
    try (LogSigner signer = LogSigner.of("PeterNeumann", peterSeed())) {
      assertEquals(PETER, signer.verifierKey().toString());
      byte[] note = signer.sign(TEXT).toBytes();
      assertEquals(TEXT + "\n" + PETER_LINE, new String(note, StandardCharsets.UTF_8));
    }
  }

  @Test
  @DisplayName("Go TestOpen: known keys verify, unknown ones are ignored")
  void opensKnownKeys() throws Exception {
    String note = TEXT + "\n" + PETER_LINE + ENOCH_LINE;
    NoteOpening.Opened one = assertInstanceOf(NoteOpening.Opened.class, open(note, PETER));
    assertEquals(TEXT, one.text());
    assertEquals(1, one.signatures().size());
    NoteOpening.Opened both =
        assertInstanceOf(NoteOpening.Opened.class, open(note, PETER, ENOCH, ENOCH));
    assertEquals(2, both.signatures().size());
    assertInstanceOf(NoteOpening.NoKnownKey.class, open(note));
  }

  @Test
  @DisplayName("Go TestOpen: one bad signature by a known key condemns the note")
  void condemnsBadSignatures() throws Exception {
    String bad = ENOCH_LINE.replace("rwz+eBz", "rwz+eBy");
    String note = TEXT + "\n" + PETER_LINE + bad;
    assertInstanceOf(NoteOpening.Opened.class, open(note, PETER));
    NoteOpening.BadSignature opening =
        assertInstanceOf(NoteOpening.BadSignature.class, open(note, PETER, ENOCH));
    assertEquals("EnochRoot", opening.key().name());
    String other = note.replace("cryptography", "Cryptography");
    assertInstanceOf(NoteOpening.BadSignature.class, open(other, PETER));
  }

  static Stream<String> malformed() {
    String good = TEXT + "\n" + PETER_LINE;
    return Stream.of(
        "",
        TEXT,
        TEXT + "\n",
        good.substring(0, good.length() - 1),
        "\u0001" + good,
        "\r" + good,
        "\n" + PETER_LINE,
        "no newline" + "\n\n\n".substring(2) + PETER_LINE,
        TEXT + "\n— Bad Name " + PETER_LINE.substring(15),
        TEXT + "\n" + PETER_LINE.replace("PeterNeumann", "Peter+Neumann"),
        TEXT + "\n" + PETER_LINE.replace("PeterNeumann", "Peter\u3000Neumann"),
        TEXT + "\n" + PETER_LINE.replace("PeterNeumann", ""),
        TEXT + "\n" + PETER_LINE.replace("— ", "- "),
        good + "Unexpected line.\n",
        good + "\n",
        TEXT + "\n— PeterNeumann x08gow==\n",
        TEXT + "\n" + PETER_LINE.replace("nAM=", "nAN="),
        TEXT + "\n" + PETER_LINE.replace("nAM=", "nAM"),
        TEXT + "\n" + PETER_LINE.repeat(101),
        "a".repeat(SignedNote.MAX_BYTES) + good);
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void whatIsNoNoteIsRefused(String note) {
    FormatException refusal =
        assertThrows(
            FormatException.class, () -> SignedNote.parse(note.getBytes(StandardCharsets.UTF_8)));
    assertEquals(FormatException.Code.NOTE_MALFORMED, refusal.code());
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] note = ("x" + TEXT + "\n" + PETER_LINE).getBytes(StandardCharsets.UTF_8);
    note[0] = (byte) 0xff;
    assertThrows(FormatException.class, () -> SignedNote.parse(note));
  }

  @Test
  void aTextMayHaveBlankLinesAndTheLastOneCounts() throws Exception {
    String text = "a\n\nb\n";
    try (LogSigner signer = LogSigner.of("PeterNeumann", peterSeed())) {
      SignedNote note = SignedNote.parse(signer.sign(text).toBytes());
      assertEquals(text, note.text());
      assertInstanceOf(NoteOpening.Opened.class, note.open(List.of(signer.verifierKey())));
    }
  }

  @Test
  void thoseWeDidNotSignComeBackByteForByte() throws Exception {
    byte[] note = Fixtures.bytes("checkpoint-300");
    assertArrayEquals(note, SignedNote.parse(note).toBytes());
  }

  @Test
  @DisplayName("tlog-cosignature: the bytes an independent program makes")
  void cosignsAsOthersDo() throws Exception {
    SignedNote published = SignedNote.parse(Fixtures.bytes("checkpoint-5"));
    try (LogSigner log = Fixtures.logSigner();
        WitnessSigner witness = Fixtures.witnessSigner()) {
      assertEquals(Fixtures.vkeys().get(1), witness.verifierKey().toString());
      Instant at = Instant.ofEpochSecond(1795190400, 999);
      assertEquals(published.signatures().get(0), log.sign(published.text()).signatures().get(0));
      assertEquals(published.signatures().get(2), witness.cosign(published, at));
      NoteOpening.Opened opened =
          assertInstanceOf(
              NoteOpening.Opened.class, published.open(List.of(witness.verifierKey())));
      assertEquals(
          List.of(new VerifiedSignature(witness.verifierKey(), Instant.ofEpochSecond(1795190400))),
          opened.signatures());
    }
  }

  @Test
  void aSignatureOfOneTypeIsWorthNothingAsTheOther() throws Exception {
    byte[] seed = peterSeed();
    try (LogSigner log = LogSigner.of("w", seed);
        WitnessSigner witness = WitnessSigner.of("w", seed)) {
      SignedNote note = log.sign(TEXT);
      NoteSignature plain = note.signatures().get(0);
      byte[] timed = new byte[72];
      System.arraycopy(plain.signature(), 0, timed, 8, 64);
      SignedNote forged = note.with(new NoteSignature("w", witness.verifierKey().keyId(), timed));
      assertInstanceOf(NoteOpening.BadSignature.class, forged.open(List.of(witness.verifierKey())));
    }
  }

  @Test
  void aClosedSignerSignsNothingAndShowsNothing() throws Exception {
    byte[] seed = peterSeed();
    LogSigner log = LogSigner.of("PeterNeumann", seed);
    WitnessSigner witness = WitnessSigner.of("PeterNeumann", seed);
    SignedNote note = log.sign(TEXT);
    assertFalse(log.toString().contains(PETER_SEED.substring(4, 20)));
    assertTrue(witness.toString().endsWith("***]"));
    log.close();
    witness.close();
    assertThrows(IllegalStateException.class, () -> log.sign(TEXT));
    assertThrows(IllegalStateException.class, () -> witness.cosign(note, Instant.EPOCH));
  }

  @Test
  void theSeedIsCopiedAndMayBeWiped() throws Exception {
    byte[] seed = peterSeed();
    try (LogSigner signer = LogSigner.of("PeterNeumann", seed)) {
      Arrays.fill(seed, (byte) 0);
      assertEquals(
          TEXT + "\n" + PETER_LINE,
          new String(signer.sign(TEXT).toBytes(), StandardCharsets.UTF_8));
    }
    assertThrows(IllegalArgumentException.class, () -> LogSigner.of("x", new byte[31]));
  }
}
