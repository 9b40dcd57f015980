package jp.sekisho.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static jp.sekisho.protocol.ProtocolSamples.fixture;
import static jp.sekisho.protocol.ProtocolSamples.random;
import static jp.sekisho.protocol.ProtocolSamples.ticket;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnrollmentTicketTest {
  private static final String TEXT = new String(fixture("enrollment-ticket.txt"), US_ASCII);

  @Test
  @DisplayName("a ticket has exactly the documented characters")
  void characters() throws MalformedException {
    assertEquals(TEXT, ticket().text());
    assertEquals(ticket(), EnrollmentTicket.parse(TEXT));
  }

  @Test
  @DisplayName("an installation without officers has no root yet")
  void withoutRoot() throws MalformedException {
    String[] parts = TEXT.split("~", -1);
    String text = String.join("~", parts[0], parts[1], parts[2], "-", parts[4]);
    EnrollmentTicket ticket = EnrollmentTicket.parse(text);
    assertNull(ticket.rootHash());
    assertEquals(text, ticket.text());
  }

  @Test
  @DisplayName("white space around it, which copying adds, is ignored")
  void copied() throws MalformedException {
    assertEquals(ticket(), EnrollmentTicket.parse(" \u3000" + TEXT + "\r\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "https://, http://",
    "https://auth, https://AUTH",
    "auth.city.example, auth..city.example",
    "auth.city.example, 関所.example",
    "auth.city.example, clerk@auth.city.example",
    ":8444, ''",
    ":8444, :0",
    ":8444, :65536",
    ":8444, :8444/x",
    "ticket1, ticket2",
    "AAECAwQFBgcICQoLDA0ODw, AAECAwQFBgcICQoLDA0ODx",
    "AAECAwQFBgcICQoLDA0ODw, AAECAwQFBgcICQoLDA0OD",
    "HXN2d7I, HXN2d7J",
    "HXN2d7I, -",
    "8CDLXI, 8CDLXJ",
    "8CDLXI, 8CDLXI~x"
  })
  @DisplayName("a part outside its rule is refused: https, a port, canonical base64url")
  void parts(String part, String instead) {
    String changed = TEXT.replace(part, instead);
    assertNotEquals(TEXT, changed);
    assertThrows(MalformedException.class, () -> EnrollmentTicket.parse(changed), changed);
  }

  @Test
  @DisplayName("a ticket that could not be read cannot be made")
  void construction() {
    EnrollmentTicket good = ticket();
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new EnrollmentTicket(
                URI.create("http://x:1"), good.token(), null, good.serverCaHash()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new EnrollmentTicket(good.url(), "token", null, good.serverCaHash()));
  }

  @Test
  @DisplayName("its token is not shown")
  void masked() {
    assertFalse(ticket().toString().contains(ticket().token()));
  }

  @Test
  @DisplayName("what was written reads as the same ticket; one changed bit never does")
  void roundTripAndFlips() throws MalformedException {
    Random random = new Random(6);
    for (int i = 0; i < 200; i++) {
      EnrollmentTicket ticket =
          new EnrollmentTicket(
              URI.create("https://host-" + i + ".example:" + (1 + random.nextInt(65_535))),
              random(random, 16),
              random.nextBoolean() ? null : random(random, 32),
              random(random, 32));
      assertEquals(ticket, EnrollmentTicket.parse(ticket.text()));
      if (i < 20) {
        int different =
            ByteFlips.check(
                ticket.text().getBytes(US_ASCII),
                ticket,
                bytes -> EnrollmentTicket.parse(new String(bytes, UTF_8)));
        assertTrue(different > 0);
      }
    }
  }
}
