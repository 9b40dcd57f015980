package jp.sekisho.smartcard.piv;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.simulate.CardKey;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.simulate.PivApplet;
import jp.sekisho.smartcard.testing.ScriptedChannel;

/** A staff card behind a script. */
final class ScriptedCard extends ScriptedChannel {

  ScriptedCard(Path directory) throws IOException {
    this(directory, CardKey.RSA2048);
  }

  ScriptedCard(Path directory, CardKey key) throws IOException {
    super(
        PivApplet.open(
            directory,
            new NewCard(NewCard.Kind.STAFF, "100042", Optional.empty(), Optional.empty())
                .with(key)));
  }

  @Override
  public ScriptedCard script(Script next) {
    super.script(next);
    return this;
  }

  /** As another program that left the card with its PIN verified. */
  void leaveVerified() {
    applet.process(Apdu.select(HexFormat.of().parseHex("A000000308")).encode());
    applet.process(HexFormat.of().parseHex("0020008008313233343536FFFF"));
  }

  /** With the PUK: full tries, PIN 123456. */
  void unblock() {
    applet.process(Apdu.select(HexFormat.of().parseHex("A000000308")).encode());
    applet.process(HexFormat.of().parseHex("002C0080103132333435363738313233343536FFFF"));
    applet.reset();
  }
}
