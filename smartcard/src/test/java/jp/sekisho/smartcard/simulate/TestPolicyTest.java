package jp.sekisho.smartcard.simulate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jp.sekisho.smartcard.verify.Clause;
import jp.sekisho.smartcard.verify.PathVerifier;
import jp.sekisho.smartcard.verify.RevocationSource;
import jp.sekisho.smartcard.verify.TrustProfile;
import jp.sekisho.smartcard.verify.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Test cards are accepted only where somebody says so on the very installation. */
class TestPolicyTest {
  private static final Pattern OID = Pattern.compile("(?<![0-9.])[0-2](\\.[0-9]+){4,}(?![0-9.])");

  /** Policies of the real JPKI, which a profile for it would demand. */
  private static final List<String> REAL =
      List.of("1.2.392.200149.8.5.1.3.30", "1.2.392.200149.8.5.1.1.20");

  @TempDir Path directory;

  @Test
  void everyShippedProfileRefusesATestCardEvenIfItsCaWerePinned() throws Exception {
    for (NewCard.Kind kind : List.of(NewCard.Kind.STAFF, NewCard.Kind.JPKI)) {
      Path ca = directory.resolve("ca-" + kind);
      Path memory = directory.resolve(kind.name());
      Applet.open(memory, new NewCard(kind, "100042", Optional.of(ca), Optional.empty()));
      boolean staff = kind == NewCard.Kind.STAFF;
      TestCa issuer =
          staff
              ? TestCa.open(ca)
              : TestCa.open(ca.resolve("jpki-auth"), TestCa.Purpose.JPKI_AUTHENTICATION);
      byte[] certificate = Files.readAllBytes(memory.resolve(staff ? "9a.der" : "auth.der"));
      for (String policy : shippedPolicies()) {
        assertEquals(
            Clause.POLICY,
            assertInstanceOf(Verdict.Distrusted.class, judge(issuer, policy, certificate)).clause(),
            policy);
      }
      assertInstanceOf(
          Verdict.Trusted.class,
          judge(issuer, issuer.policy(), certificate),
          "and it is the policy alone that refuses it");
    }
  }

  @Test
  void everyCaHasAPolicyOfItsOwnMadeFromAUuid() throws Exception {
    TestCa one = TestCa.open(directory.resolve("one"));
    TestCa other = TestCa.open(directory.resolve("other"));
    assertTrue(one.policy().matches("2\\.25\\.[1-9][0-9]{30,38}"), one.policy());
    assertNotEquals(one.policy(), other.policy());
    assertEquals(one.policy(), TestCa.open(directory.resolve("one")).policy());
    assertFalse(shippedPolicies().contains(one.policy()));
  }

  @Test
  void aCaOfTheFirstVersionKeepsItsPolicy() throws Exception {
    TestCa.open(directory.resolve("old"));
    Files.delete(directory.resolve("old/policy.oid"));
    assertEquals("1.3.6.1.4.1.32473.1.1", TestCa.open(directory.resolve("old")).policy());
    assertTrue(Files.exists(directory.resolve("old/policy.oid")), "for scripts that copy it");
  }

  private static Verdict judge(TestCa pinned, String policy, byte[] certificate) {
    return new PathVerifier(
            InstantSource.system(),
            new TrustProfile(
                List.of(pinned.root()), Optional.of(policy), RevocationSource.unchecked()))
        .verify(certificate, List.of());
  }

  /** Every OID that stands in a file of policies/profiles, and those of the real JPKI. */
  private static Set<String> shippedPolicies() throws Exception {
    Set<String> found = new TreeSet<>(REAL);
    try (Stream<Path> files = Files.walk(Path.of("../policies/profiles"))) {
      List<Path> profiles = new ArrayList<>(files.filter(Files::isRegularFile).toList());
      assertFalse(profiles.isEmpty());
      for (Path profile : profiles) {
        Matcher oid = OID.matcher(Files.readString(profile));
        while (oid.find()) {
          found.add(oid.group());
        }
      }
    }
    return found;
  }
}
