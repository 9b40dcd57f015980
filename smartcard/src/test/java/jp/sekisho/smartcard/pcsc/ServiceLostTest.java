package jp.sekisho.smartcard.pcsc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a card service that ends is called, by where the user sits. */
class ServiceLostTest {
  private static final ReaderRoles ROLES =
      new ReaderRoles(List.of(ReaderRoles.Rule.parse("*=staff")));
  private static final Apdu SELECT = new Apdu(0, Apdu.SELECT, 4, 0, new byte[] {1, 2}, 0);

  private static ScriptedService service(boolean windows, RemoteSession session) {
    ScriptedService service =
        (windows ? ScriptedService.windows() : ScriptedService.linux()).reader("R 0", 0x10020);
    service.session = session;
    return service;
  }

  private static void lost(CardFailure failure, Executable call) {
    assertEquals(failure, assertThrows(CardException.class, call).failure());
  }

  private static GrantedReader granted() {
    return ROLES.grant("R 0").orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "false,LOCAL,SERVICE_DOWN",
    "false,FORWARDED,SERVICE_DOWN",
    "true,LOCAL,SERVICE_DOWN",
    "true,REDIRECTED,REMOTE_SESSION"
  })
  void atEstablishConnectAndTransmit(boolean windows, RemoteSession session, CardFailure failure)
      throws CardException {
    ScriptedService down = service(windows, session);
    down.stop();
    lost(failure, () -> PcscContext.establish(down.winscard()));

    ScriptedService unconnected = service(windows, session);
    try (PcscContext context = PcscContext.establish(unconnected.winscard())) {
      unconnected.stop();
      lost(failure, () -> context.connect(granted()));
      lost(failure, context::readers);
    }

    ScriptedService connected = service(windows, session);
    try (PcscContext context = PcscContext.establish(connected.winscard());
        PcscCard card = context.connect(granted())) {
      card.begin();
      assertEquals(Response.of(0x9000).sw(), card.transmit(SELECT).sw());
      connected.stop();
      lost(failure, () -> card.transmit(SELECT));
      lost(failure, card::endAndReset);
      lost(failure, card::begin);
      lost(failure, card::pinPad);
    }
  }

  /** A Windows session is taken over from another computer while a card is connected. */
  @Test
  void whereTheUserSitsIsAskedAtTheRefusal() throws CardException {
    ScriptedService service = service(true, RemoteSession.LOCAL);
    try (PcscContext context = PcscContext.establish(service.winscard());
        PcscCard card = context.connect(granted())) {
      service.session = RemoteSession.REDIRECTED;
      service.stop();
      lost(CardFailure.REMOTE_SESSION, () -> card.transmit(SELECT));
      service.session = RemoteSession.LOCAL;
      lost(CardFailure.SERVICE_DOWN, () -> card.transmit(SELECT));
    }
  }
}
