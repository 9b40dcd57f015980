package jp.sekisho.smartcard.simulate;

import java.io.IOException;
import java.nio.file.Path;
import jp.sekisho.smartcard.Response;

/** A card in software: what its contacts answer. One thread at a time. */
public interface Applet {

  /** Power on or warm reset: nothing selected, nothing verified. */
  void reset();

  /** Processes one command as it came from the reader. */
  Response process(byte[] bytes);

  /** Answer to reset. Clients that decide by it are told apart with another one. */
  byte[] atr();

  /**
   * The card in the directory, made as described when there is none yet.
   *
   * @throws IOException also when the directory holds a card of another application
   */
  static Applet open(Path directory, NewCard ifFresh) throws IOException {
    CardStore store = CardStore.open(directory, ifFresh);
    if (store.kind().application() != ifFresh.kind().application()) {
      throw new IOException(directory + " holds a card of kind " + store.kind());
    }
    return of(store);
  }

  /** The card in the directory, whatever it is. */
  static Applet open(Path directory) throws IOException {
    return of(CardStore.open(directory));
  }

  private static Applet of(CardStore store) throws IOException {
    return store.kind().application() == NewCard.Application.JPKI
        ? new JpkiApplet(store)
        : new PivApplet(store);
  }
}
