package jp.sekisho.audit.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import jp.sekisho.audit.Fixtures;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Opened;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Reason;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Refused;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Witnessing;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.SignatureType;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.audit.note.WitnessSigner;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.Rfc6962;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CheckpointTest {
  /** From the text of tlog-cosignature. */
  private static final String SPEC =
      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

  private static Frontier tree(int size) {
    Frontier tree = Frontier.empty();
    for (Hash leaf : Fixtures.leaves().subList(0, size)) {
      tree = tree.append(leaf);
    }
    return tree;
  }

  @Test
  void theSpecificationsExampleIsReadAndWritten() throws Exception {
    Checkpoint checkpoint = Checkpoint.parse(SPEC);
    assertEquals("example.com/behind-the-sofa", checkpoint.origin());
    assertEquals(20852163, checkpoint.size());
    assertEquals(SPEC, checkpoint.text());
  }

  @Test
  void extensionLinesAreTolerated() throws Exception {
    Checkpoint checkpoint = Checkpoint.parse(SPEC + "timestamp 7\nmore\n");
    assertEquals(List.of("timestamp 7", "more"), checkpoint.extensions());
    assertEquals(SPEC + "timestamp 7\nmore\n", checkpoint.text());
  }

  @Test
  @DisplayName("the signed bytes are those an independent program makes")
  void signsAsOthersDo() throws Exception {
    try (LogSigner log = Fixtures.logSigner();
        WitnessSigner witness = Fixtures.witnessSigner()) {
      SignedNote note = Checkpoint.of(Fixtures.ORIGIN, tree(5)).sign(log);
      SignedNote published = SignedNote.parse(Fixtures.bytes("checkpoint-5"));
      SignedNote cosigned =
          note.with(published.signatures().get(1))
              .with(witness.cosign(note, Instant.ofEpochSecond(1795190400)));
      assertArrayEquals(Fixtures.bytes("checkpoint-5"), cosigned.toBytes());
    }
  }

  static Stream<String> malformed() {
    String root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    return Stream.of(
        "",
        "\n",
        "o\n1\n",
        "o\n1\n" + root,
        "o\n01\n" + root + "\n",
        "o\n+1\n" + root + "\n",
        "o\n-1\n" + root + "\n",
        "o\n1 \n" + root + "\n",
        "o\n\uff11\n" + root + "\n",
        "o\n9223372036854775808\n" + root + "\n",
        "o\n0\n" + root + "\n",
        "\n1\n" + root + "\n",
        "o\n1\n" + root + "\n\n",
        "o\n1\n" + root + "\n\nx\n",
        "o\n1\n" + root.substring(4) + "\n",
        "o\n1\n" + root.replace("2I=", "2J=") + "\n",
        "o\n1\n" + root.replace("=", "") + "\n",
        "o\r\n1\n" + root + "\n");
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void whatIsNotCanonicalIsRefused(String text) {
    FormatException refusal = assertThrows(FormatException.class, () -> Checkpoint.parse(text));
    assertEquals(FormatException.Code.CHECKPOINT_MALFORMED, refusal.code());
  }

  @Test
  void keysFromOutsideOpenIt() throws Exception {
    Opened opened =
        assertInstanceOf(Opened.class, Fixtures.keys().open(Fixtures.bytes("checkpoint-300")));
    assertEquals(Checkpoint.of(Fixtures.ORIGIN, tree(300)), opened.checkpoint());
    assertEquals(
        List.of(
            new Witnessing(
                "witness.example/audit-office", Instant.ofEpochSecond(1795190400 + 86400))),
        opened.witnesses());
  }

  @Test
  void everySingleBitThatMattersIsDetected() throws Exception {
    TrustedKeys keys = Fixtures.keys();
    byte[] note = Fixtures.bytes("checkpoint-5");
    CheckpointOpening honest = keys.open(note);
    String all = Fixtures.text("checkpoint-5");
    int greaseFrom = bytes(all.substring(0, all.indexOf("grease")));
    int greaseTo = bytes(all.substring(0, all.indexOf("— witness")));
    for (int i = 0; i < note.length; i++) {
      boolean grease = i >= greaseFrom && i < greaseTo;
      for (int bit = 0; bit < 8 && !grease; bit++) {
        note[i] ^= (byte) (1 << bit);
        CheckpointOpening opening = keys.open(note);
        org.junit.jupiter.api.Assertions.assertNotEquals(honest, opening, "byte " + i);
        note[i] ^= (byte) (1 << bit);
      }
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  @Test
  void reasonsForRefusing() throws Exception {
    byte[] good = Fixtures.bytes("checkpoint-5");
    assertEquals(Reason.MALFORMED, refusal(Fixtures.keys(), new byte[] {1}));
    TrustedKeys otherKey = new TrustedKeys(Fixtures.key(2), List.of(Fixtures.key(1)));
    assertEquals(Reason.NOT_SIGNED_BY_LOG, refusal(otherKey, good));
    String bent = Fixtures.text("checkpoint-5").replace("\n5\n", "\n6\n");
    assertEquals(
        Reason.BAD_SIGNATURE, refusal(Fixtures.keys(), bent.getBytes(StandardCharsets.UTF_8)));
    try (LogSigner log = Fixtures.logSigner()) {
      byte[] elsewhere = log.sign(SPEC).toBytes();
      assertEquals(Reason.OTHER_ORIGIN, refusal(Fixtures.keys(), elsewhere));
      byte[] prose = log.sign("hello\n").toBytes();
      assertEquals(Reason.MALFORMED, refusal(Fixtures.keys(), prose));
    }
  }

  private static Reason refusal(TrustedKeys keys, byte[] note) {
    return assertInstanceOf(Refused.class, keys.open(note)).reason();
  }

  @Test
  void aLogIsNotItsOwnWitness() throws Exception {
    VerifierKey log = Fixtures.key(0);
    VerifierKey witness = Fixtures.key(1);
    assertThrows(IllegalArgumentException.class, () -> new TrustedKeys(log, List.of(log)));
    assertThrows(IllegalArgumentException.class, () -> new TrustedKeys(witness, List.of()));
    try (LogSigner signer = Fixtures.logSigner();
        WitnessSigner self = WitnessSigner.of("someone-else", sameSeed())) {
      assertEquals(SignatureType.COSIGNATURE_V1, self.verifierKey().type());
      assertThrows(
          IllegalArgumentException.class,
          () -> new TrustedKeys(signer.verifierKey(), List.of(self.verifierKey())));
    }
  }

  private static byte[] sameSeed() {
    byte[] seed = new byte[32];
    for (int i = 0; i < seed.length; i++) {
      seed[i] = (byte) i;
    }
    return seed;
  }

  @Test
  void anotherLogsKeyDoesNotSign() throws Exception {
    try (LogSigner log = Fixtures.logSigner()) {
      Checkpoint other = Checkpoint.of("elsewhere", Frontier.empty());
      assertThrows(IllegalArgumentException.class, () -> other.sign(log));
    }
    assertEquals(Rfc6962.EMPTY_ROOT, Checkpoint.of("elsewhere", Frontier.empty()).root());
  }
}
