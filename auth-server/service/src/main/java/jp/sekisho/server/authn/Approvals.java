package jp.sekisho.server.authn;

import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;

/**
 * The things that a card's signature can approve, implemented by the feature that owns them, in
 * whose words every refused approval stands in the log. Thread-safe.
 */
public interface Approvals {
  /**
   * The text that may be put before this person now; a refusal is an entry.
   *
   * @param approver an active session
   * @param subject id of the thing, of any form
   */
  Verdict<Matter> matter(Session approver, String subject);

  /**
   * Makes a proved signature take effect, as part of the unit that records it; everything that may
   * have changed since {@link #matter} is asked again. A refusal changes no row and writes nothing:
   * {@link #refused} does, as for an answer that did not come as far as here.
   *
   * @return the entry of the approval
   */
  Verdict<EntryReceipt> approve(Change change, Approval approval);

  /**
   * Writes the entry of an answer that approved nothing, whichever step refused it: a forged
   * signature too is one about the thing.
   *
   * @param by who answered, as far as that is proved
   */
  EntryReceipt refused(Change change, Entry.Subject by, Matter matter, Refusal reason);

  /**
   * A card's signature over a text, proved in every step before.
   *
   * @param approver the session it was given in; its person is the card's
   * @param transaction the question it answers
   * @param statement bytes of the card statement
   * @param signature the card's over them
   * @param spki DER of the key that signed
   * @param low whether the card is 低保証
   */
  @SuppressWarnings("ArrayRecordComponent") // never changed after creation
  record Approval(
      Session approver,
      Matter matter,
      String transaction,
      byte[] statement,
      byte[] signature,
      byte[] spki,
      boolean low) {}
}
