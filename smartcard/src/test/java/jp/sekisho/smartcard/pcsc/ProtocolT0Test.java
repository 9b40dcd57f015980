package jp.sekisho.smartcard.pcsc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.piv.ApduExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cards that speak T=0, which many contact PIV cards do: data goes one way at a time. */
class ProtocolT0Test {
  private static final ReaderRoles STAFF =
      new ReaderRoles(List.of(ReaderRoles.Rule.parse("*=staff")));

  private final List<String> sent = new ArrayList<>();

  private PcscCard connect(ScriptedService service, int protocol) throws Exception {
    service.reader("R 0", 0x10020);
    service.protocol = protocol;
    service.card =
        command -> {
          sent.add(HexFormat.of().withUpperCase().formatHex(command));
          return HexFormat.of().parseHex(command[1] == (byte) 0xA4 ? "6103" : "0102039000");
        };
    return PcscContext.establish(service.winscard()).connect(STAFF.grant("R 0").orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCommandWithDataHasNoLeAndTheAnswerIsFetched(boolean windows) throws Exception {
    ScriptedService service = windows ? ScriptedService.windows() : ScriptedService.linux();
    try (PcscCard card = connect(service, 1)) {
      ApduExchange exchange = new ApduExchange(card);
      Response response = exchange.send(Apdu.select(new byte[] {1, 2}));
      assertArrayEquals(new byte[] {1, 2, 3}, response.data());
      exchange.send(new Apdu(0, 0xB0, 0, 0, new byte[0], 256));
      exchange.send(new Apdu(0, Apdu.VERIFY, 0, 0x80, new byte[0], 0));
    }
    assertEquals(List.of("00A40400020102", "00C0000003", "00B0000000", "00200080"), sent);
  }

  @Test
  void overT1TheLeStays() throws Exception {
    try (PcscCard card = connect(ScriptedService.linux(), 2)) {
      card.transmit(Apdu.select(new byte[] {1, 2}));
    }
    assertEquals(List.of("00A4040002010200"), sent);
  }

  @Test
  void aSharedReaderTakesMoreToComeForAnAcceptedSelect() throws Exception {
    ScriptedService service = ScriptedService.linux();
    ReaderRoles shared = new ReaderRoles(List.of(ReaderRoles.Rule.parse("*=shared")));
    connect(service, 1).close();
    try (PromptScope prompt = new PromptScope()) {
      PcscCard card =
          PcscContext.establish(service.winscard())
              .connect(shared.grant("R 0", prompt).orElseThrow());
      byte[] piv = HexFormat.of().parseHex("A000000308000010000100");
      assertEquals(0x9000, new ApduExchange(card).send(Apdu.select(piv)).sw());
      card.close();
    }
    assertEquals(List.of("00A404000BA000000308000010000100", "00C0000003"), sent);
  }
}
