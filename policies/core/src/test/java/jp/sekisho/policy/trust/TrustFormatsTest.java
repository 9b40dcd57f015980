package jp.sekisho.policy.trust;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import jp.sekisho.protocol.ByteFlips;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The signed files as they lie on disk, byte for byte. */
class TrustFormatsTest {
  /** When the fixtures were signed. */
  private static final Instant SIGNED = Instant.parse("2026-11-21T05:00:00Z");

  private static byte[] fixture(String name) {
    try (InputStream in = TrustFormatsTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SignedFile read(TrustKind kind) throws MalformedException {
    return SignedFile.read(kind, fixture(kind.text()), fixture(kind.text() + ".sig"));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("header and body are found, and the header has exactly the documented bytes")
  void files(TrustKind kind) throws MalformedException {
    SignedFile file = read(kind);
    byte[] head = file.header().bytes();
    byte[] whole = fixture(kind.text());
    assertArrayEquals(head, Arrays.copyOf(whole, head.length));
    assertEquals(whole.length, head.length + file.header().bodyLength());
    assertEquals(head.length + file.bodyBytes().length, whole.length);
    assertTrue(file.header().trial());
  }

  @Test
  @DisplayName("the fixtures verify against their root's hash, then and now")
  void verify() throws MalformedException {
    TrustBundle bundle = TrustBundle.parse(fixture("bundle"));
    assertArrayEquals(fixture("root"), bundle.roots().get(0).file());
    TrustVerifier verifier = new TrustVerifier("mayor", "T-0042", read(TrustKind.ROOT).hash());
    TrustOutcome accepted = verifier.accept(null, bundle, SIGNED);
    TrustedState state = assertInstanceOf(TrustOutcome.Accepted.class, accepted).state();
    TrustOutcome restored = verifier.restore(bundle, Set.of());
    assertEquals(state, assertInstanceOf(TrustOutcome.Accepted.class, restored).state());
    assertEquals("S-1024", state.roster().personOf(TrustScene.CARD).orElseThrow());
  }

  @Test
  @DisplayName("a header's one changed bit is malformed or another header")
  void flips() throws MalformedException {
    for (TrustKind kind : TrustKind.values()) {
      TrustHeader header = read(kind).header();
      ByteFlips.check(header.bytes(), header, bytes -> TrustHeader.parse(kind, bytes));
    }
  }

  @Test
  @DisplayName("bodies have one form each and are read as what was written")
  void bodies() throws MalformedException {
    byte[] root = read(TrustKind.ROOT).bodyBytes();
    assertArrayEquals(root, Root.parse(root).bytes());
    byte[] roster = read(TrustKind.ROSTER).bodyBytes();
    assertArrayEquals(roster, Roster.parse(roster).bytes());
    byte[] current = read(TrustKind.CURRENT).bodyBytes();
    assertArrayEquals(current, Current.parse(current).bytes());
    assertEquals(new Roster(Map.of()), Roster.parse(new byte[0]));
    for (String text :
        List.of("x", "\n", "card\n", "card a\n", "card  a b\n", " card a b\n", "card a b \n")) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      assertThrows(MalformedException.class, () -> Roster.parse(bytes), text);
    }
    for (byte[] body : List.of(root, current)) {
      assertThrows(MalformedException.class, () -> Roster.parse(body));
    }
  }

  @Test
  @DisplayName("a header that differs in form is malformed")
  void malformed() throws MalformedException {
    String good = new String(read(TrustKind.POLICY).header().bytes(), StandardCharsets.UTF_8);
    for (String[] change :
        new String[][] {
          {"version 1", "version 01"},
          {"version 1", "version 0"},
          {"version 1", "version 9007199254740993"},
          {"use trial", "use TRIAL"},
          {"use trial", "use  trial"},
          {"organ -", "organ Mayor"},
          {"organ -", "organ"},
          {"organ -", "organ -\norgan -"},
          {"Z\nexpires", ".5Z\nexpires"},
          {"issued 2026-11-21T04:59:00Z", "issued 2026-11-21T04:59Z"},
          {"issued 2026-11-21", "issued 2025-10-16"},
          {"issued 2026-11-21", "issued 2028-11-21"},
          {"policy/v1", "policy/v2"},
          {"policy/v1", "root/v1"},
          {"signers ", "signers  "},
          {"signers ", "signers A "}
        }) {
      String changed = good.replace(change[0], change[1]);
      assertNotEquals(good, changed, change[0]);
      assertThrows(
          MalformedException.class,
          () -> TrustHeader.parse(TrustKind.POLICY, changed.getBytes(StandardCharsets.UTF_8)),
          change[1]);
    }
  }

  @Test
  @DisplayName("signature lines are one per signer, in the header's order, and nothing else")
  void signatureLines() throws MalformedException {
    byte[] file = fixture("policy");
    String good = new String(fixture("policy.sig"), StandardCharsets.US_ASCII);
    for (String bad :
        List.of(
            "",
            "\n",
            good.substring(0, good.length() - 1),
            good + "\n",
            good + good,
            " " + good,
            good.replace(" ", "  "),
            good.replace("\n", "=\n"),
            good.replace("\n", "\r\n"))) {
      byte[] bytes = bad.getBytes(StandardCharsets.US_ASCII);
      assertThrows(
          MalformedException.class, () -> SignedFile.read(TrustKind.POLICY, file, bytes), bad);
    }
    assertThrows(
        MalformedException.class,
        () -> SignedFile.read(TrustKind.POLICY, file, new byte[SignedFile.MAX_SIGNATURES + 1]));
  }

  @Test
  @DisplayName("keys that are weak, of another curve or not in their one form are no keys")
  void keys() {
    for (String spki : List.of("", "AAAA", "A".repeat(4000))) {
      assertThrows(IllegalArgumentException.class, () -> new TrustKey(spki));
    }
  }
}
