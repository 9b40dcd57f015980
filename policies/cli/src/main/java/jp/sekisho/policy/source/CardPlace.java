package jp.sekisho.policy.source;

import java.util.List;
import java.util.Optional;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.PinTerminal;
import jp.sekisho.smartcard.pcsc.GrantedReader;
import jp.sekisho.smartcard.pcsc.PcscCard;
import jp.sekisho.smartcard.pcsc.PcscContext;
import jp.sekisho.smartcard.pcsc.ReaderRole;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import org.jspecify.annotations.Nullable;

/** Where an officer's card lies and its PIN is typed: a reader and a console, or a test's. */
interface CardPlace {
  /** A connected card. */
  interface Placed extends AutoCloseable {
    /** The reader's name, for the prompt. */
    String name();

    CardChannel channel();

    @Override
    void close();
  }

  /**
   * The card in the reader called {@code reader}, the only one that is touched.
   *
   * @throws CardException also without a name: NO_READER
   */
  Placed connect(@Nullable String reader) throws CardException;

  /** What is typed behind {@code prompt}, unseen; empty when nobody can be asked. */
  Optional<char[]> pin(String prompt);

  /** PC/SC and the console. A reader is touched only when it was named: it may be a resident's. */
  CardPlace DESK =
      new CardPlace() {
        @Override
        public Placed connect(@Nullable String reader) throws CardException {
          if (reader == null) {
            throw new CardException(CardFailure.NO_READER, "--reader names none");
          }
          ReaderRoles roles =
              new ReaderRoles(List.of(new ReaderRoles.Rule(reader, ReaderRole.STAFF)));
          PcscContext context = PcscContext.establish();
          try {
            if (!context.readers().contains(reader)) {
              throw new CardException(CardFailure.NO_READER, "no such reader");
            }
            GrantedReader granted =
                roles
                    .grant(reader)
                    .orElseThrow(() ->
                        new CardException(CardFailure.READER_NOT_GRANTED, "not a staff reader"));
            return new AtDesk(context, context.connect(granted), reader);
          } catch (CardException | RuntimeException e) {
            context.close();
            throw e;
          }
        }

        @Override
        public Optional<char[]> pin(String prompt) {
          return PinTerminal.read(prompt);
        }
      };

  /** A card in a PC/SC reader. */
  record AtDesk(PcscContext context, PcscCard channel, String name) implements Placed {
    @Override
    public void close() {
      channel.close();
      context.close();
    }
  }
}
