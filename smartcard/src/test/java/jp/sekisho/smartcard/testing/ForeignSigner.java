package jp.sekisho.smartcard.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.pcsc.GrantedReader;
import jp.sekisho.smartcard.pcsc.PcscCard;
import jp.sekisho.smartcard.pcsc.PcscContext;
import jp.sekisho.smartcard.pcsc.ReaderRoles;

/**
 * Another program with a card of its own: connects a reader once and signs with it again and again,
 * as the counter's programs do with a resident's card. Prints every command and answer as the
 * simulator's trace does, then {@code FAILED n}.
 *
 * <p>{@code hold} begins a transaction instead and keeps it until the input ends. {@code steal}
 * tries to sign without a PIN until the input ends, says {@code TRIED} after {@value #ENOUGH}
 * times, and {@code STOLEN n OF m} at the end.
 */
public final class ForeignSigner {
  private static final byte[] PIV = HexFormat.of().parseHex("A000000308000010000100");
  private static final byte[] PIN = "123456\u00FF\u00FF".getBytes(StandardCharsets.ISO_8859_1);

  private final PcscCard card;

  private ForeignSigner(PcscCard card) {
    this.card = card;
  }

  /**
   * Runs until done or its input ends.
   *
   * @param arguments reader, and a number of signatures, {@code hold} or {@code steal}
   */
  public static void main(String[] arguments) throws CardException, IOException {
    ReaderRoles all = new ReaderRoles(List.of(ReaderRoles.Rule.parse("*=staff")));
    GrantedReader reader = all.grant(arguments[0]).orElseThrow();
    try (PcscContext context = PcscContext.establish()) {
      if (arguments[1].equals("steal")) {
        steal(context, reader);
        return;
      }
      use(context, reader, arguments[1]);
    }
  }

  private static void use(PcscContext context, GrantedReader reader, String what)
      throws CardException, IOException {
    try (PcscCard card = context.connect(reader)) {
      if (what.equals("hold")) {
        card.begin();
        System.out.println("HOLDING");
        while (System.in.read() >= 0) {
          // Until whoever started us hangs up.
        }
        card.endAndReset();
        return;
      }
      new ForeignSigner(card).run(Integer.parseInt(what));
    }
  }

  /** With and without SELECT: the application we selected may still be selected. */
  private static void steal(PcscContext context, GrantedReader reader) throws IOException {
    System.out.println("STEALING");
    int stolen = 0;
    int asked = 0;
    for (int i = 0; System.in.available() == 0; i++) {
      try (PcscCard card = context.connect(reader)) {
        System.out.println("IN");
        while (System.in.available() == 0) {
          if (i % 2 == 0) {
            card.transmit(Apdu.select(PIV));
          }
          // Counted also when our transaction holds it up and the reset after it spoils it.
          asked++;
          stolen += answer(card::transmit, i).ok() ? 1 : 0;
        }
      } catch (CardException e) {
        // Somebody reset the card: connect again.
      }
    }
    System.out.println("STOLEN " + stolen + " OF " + asked);
  }

  private interface Wire {
    Response send(Apdu command) throws CardException;
  }

  private void run(int signatures) {
    int failed = 0;
    for (int i = 0; i < signatures; i++) {
      try {
        sign(i);
      } catch (CardException e) {
        failed++;
        System.out.println("! " + e.getMessage());
      }
    }
    System.out.println("FAILED " + failed);
  }

  private void sign(int number) throws CardException {
    require(send(Apdu.select(PIV)), 0x9000);
    require(send(new Apdu(0, Apdu.VERIFY, 0, 0x80, PIN.clone(), 0)), 0x9000);
    require(answer(this::send, number), 0x9000);
  }

  /** The answer to a raw RSA operation, whole. */
  private static Response answer(Wire wire, int number) throws CardException {
    byte[] head = HexFormat.of().parseHex("7C820106820081820100");
    byte[] template = new byte[head.length + 256];
    Arrays.fill(template, (byte) 0x5A);
    System.arraycopy(head, 0, template, 0, head.length);
    template[head.length] = 0;
    template[template.length - 1] = (byte) number;
    byte[] first = Arrays.copyOf(template, Apdu.MAX_DATA);
    byte[] rest = Arrays.copyOfRange(template, Apdu.MAX_DATA, template.length);
    Response chained = wire.send(new Apdu(0x10, Apdu.GENERAL_AUTHENTICATE, 0x07, 0x9A, first, 0));
    if (!chained.ok()) {
      return chained;
    }
    Response answer = wire.send(Apdu.of(0, Apdu.GENERAL_AUTHENTICATE, 0x07, 0x9A, rest));
    while (answer.sw() >> 8 == 0x61) {
      answer = wire.send(new Apdu(0, Apdu.GET_RESPONSE, 0, 0, new byte[0], 256));
    }
    return answer;
  }

  private Response send(Apdu command) throws CardException {
    System.out.println("> " + command);
    Response response = card.transmit(command);
    System.out.println("< " + response);
    return response;
  }

  private static void require(Response response, int sw) throws CardException {
    if (response.sw() != sw) {
      throw new CardException(CardFailure.CARD_ERROR, "%04X".formatted(response.sw()));
    }
  }
}
