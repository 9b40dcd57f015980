package jp.sekisho.smartcard.piv;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;

/**
 * Makes one command out of many: command chaining (CLA 10) on the way in, 61xx and 6Cxx on the way
 * out. Commands that carry a PIN are never repeated, whatever the card says.
 */
public final class ApduExchange {
  private static final int CHAINING = 0x10;
  private static final int LONGEST_ANSWER = 1 << 16;

  private final CardChannel channel;

  public ApduExchange(CardChannel channel) {
    this.channel = channel;
  }

  /**
   * Sends a command of any length.
   *
   * @return the whole answer, at most 64 KiB, and its last status word
   */
  public Response send(Apdu command) throws CardException {
    byte[] data = command.data();
    int from = 0;
    for (; data.length - from > Apdu.MAX_DATA; from += Apdu.MAX_DATA) {
      Response part =
          channel.transmit(
              new Apdu(
                  command.cla() | CHAINING,
                  command.ins(),
                  command.p1(),
                  command.p2(),
                  Arrays.copyOfRange(data, from, from + Apdu.MAX_DATA),
                  0));
      if (!part.ok()) {
        return part;
      }
    }
    Apdu last =
        from == 0 ? command : withData(command, Arrays.copyOfRange(data, from, data.length));
    Response response = channel.transmit(last);
    if (response.sw() >> 8 == 0x6C && !command.isSecret()) {
      response = channel.transmit(withLe(last, response.sw() & 0xFF));
    }
    return response.sw() >> 8 == 0x61 ? collect(response) : response;
  }

  private Response collect(Response first) throws CardException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.writeBytes(first.data());
    Response part = first;
    while (part.sw() >> 8 == 0x61) {
      Apdu more = withLe(new Apdu(0, Apdu.GET_RESPONSE, 0, 0, new byte[0], 0), part.sw() & 0xFF);
      part = channel.transmit(more);
      if (part.sw() >> 8 == 0x6C) {
        part = channel.transmit(withLe(more, part.sw() & 0xFF));
      }
      if (part.data().length == 0 && part.sw() >> 8 == 0x61) {
        throw new CardException(CardFailure.CARD_ERROR, "more data announced, none given");
      }
      data.writeBytes(part.data());
      if (data.size() > LONGEST_ANSWER) {
        throw new CardException(CardFailure.CARD_ERROR, "answer too long");
      }
    }
    return new Response(data.toByteArray(), part.sw());
  }

  private static Apdu withData(Apdu command, byte[] data) {
    return new Apdu(command.cla(), command.ins(), command.p1(), command.p2(), data, command.le());
  }

  /** In 61xx and 6Cxx a length of 00 means 256. */
  private static Apdu withLe(Apdu command, int le) {
    return command.withLe(le == 0 ? 256 : le);
  }
}
