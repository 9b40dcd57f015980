package jp.sekisho.smartcard.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.piv.SignOutcome;
import jp.sekisho.smartcard.testing.ScriptedChannel.Script;

/**
 * The same faults at every command of a login, whatever the card: what is said afterwards, and that
 * no PIN is presented twice and no card left without a reset.
 */
public final class LoginFaults {

  /** One login attempt with that channel. */
  public interface Login {
    SignOutcome sign(ScriptedChannel channel, boolean rightPin);
  }

  private final Supplier<ScriptedChannel> card;
  private final Login login;
  private final int fullTries;
  private final int commands;

  /**
   * @param card a channel to the same card each time, with full tries
   */
  public LoginFaults(Supplier<ScriptedChannel> card, Login login, int fullTries) {
    this.card = card;
    this.login = login;
    this.fullTries = fullTries;
    ScriptedChannel channel = card.get();
    assertInstanceOf(SignOutcome.Signed.class, login.sign(channel, true));
    this.commands = channel.sent.size();
  }

  /** How many commands a login has. */
  public int commands() {
    return commands;
  }

  /** The card leaves and stays away: removed, and nothing is sent after it. */
  public void removal() {
    for (int index = 0; index < commands; index++) {
      String at = "removed at command " + index;
      ScriptedChannel channel = card.get();
      channel.script(channel.removedAt(index));
      SignOutcome.Refused refused = refused(login.sign(channel, true), at);
      assertEquals(CardFailure.CARD_REMOVED, refused.failure(), at);
      assertEquals(index + 1, channel.sent.size(), at);
      assertTrue(channel.pinsSent() <= 1, at);
      if (channel.pinsSent() == 1) {
        assertEquals(OptionalInt.empty(), refused.triesLeft(), at + ": nobody can ask it");
      }
      nextLoginWorks(at);
    }
  }

  /** The card does the command, leaves before its answer and comes back: its tries are asked. */
  public void tearing() {
    for (int index = 0; index < commands; index++) {
      String at = "torn at command " + index;
      ScriptedChannel channel = card.get();
      channel.script(channel.tornAt(index));
      SignOutcome.Refused refused = refused(login.sign(channel, true), at);
      assertEquals(CardFailure.CARD_REMOVED, refused.failure(), at);
      afterwards(channel, refused, at);
    }
  }

  /** Another program resets the card: busy, and its tries are asked. */
  public void reset() {
    for (int index = 0; index < commands; index++) {
      String at = "reset at command " + index;
      ScriptedChannel channel = card.get();
      channel.script(channel.resetAt(index));
      SignOutcome.Refused refused = refused(login.sign(channel, true), at);
      assertEquals(CardFailure.CARD_BUSY, refused.failure(), at);
      afterwards(channel, refused, at);
    }
  }

  /**
   * The card service ends, or the session it was that of: said as what it is, nothing is sent after
   * it, and nobody guesses the tries.
   */
  public void serviceLost() {
    for (CardFailure failure :
        new CardFailure[] {CardFailure.SERVICE_DOWN, CardFailure.REMOTE_SESSION}) {
      for (int index = 0; index < commands; index++) {
        String at = failure + " at command " + index;
        ScriptedChannel channel = card.get();
        channel.script(channel.serviceLostAt(index, failure));
        SignOutcome.Refused refused = refused(login.sign(channel, true), at);
        assertEquals(failure, refused.failure(), at);
        assertEquals(index + 1, channel.sent.size(), at);
        assertTrue(channel.pinsSent() <= 1, at);
        if (channel.pinsSent() == 1) {
          assertEquals(OptionalInt.empty(), refused.triesLeft(), at + ": nobody can ask it");
        }
        nextLoginWorks(at);
      }
    }
  }

  /** The answer to a wrong PIN is lost: the counter, not a guess, says what is left. */
  public void wrongPinTorn() {
    ScriptedChannel channel = card.get();
    Script torn =
        (index, command) ->
            channel.pinsSent() == 1 && command.data().length > 0 && command.isSecret()
                ? channel.tornAt(index).answer(index, command)
                : Optional.empty();
    channel.script(torn);
    SignOutcome.Refused refused = refused(login.sign(channel, false), "wrong PIN torn");
    assertEquals(CardFailure.CARD_REMOVED, refused.failure());
    assertEquals(OptionalInt.of(fullTries - 1), refused.triesLeft());
    assertEquals(1, channel.pinsSent());
  }

  private void afterwards(ScriptedChannel channel, SignOutcome.Refused refused, String at) {
    assertTrue(channel.pinsSent() <= 1, at);
    assertEquals(channel.transactions.get(), channel.resets.get(), at + ": left without a reset");
    if (channel.pinsSent() == 1) {
      assertEquals(OptionalInt.of(fullTries), refused.triesLeft(), at);
    }
    nextLoginWorks(at);
  }

  private void nextLoginWorks(String after) {
    assertInstanceOf(SignOutcome.Signed.class, login.sign(card.get(), true), after);
  }

  private static SignOutcome.Refused refused(SignOutcome outcome, String message) {
    return assertInstanceOf(SignOutcome.Refused.class, outcome, message);
  }
}
