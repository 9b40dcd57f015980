package jp.sekisho.agent.grant;

import java.util.function.BooleanSupplier;
import jp.sekisho.agent.enforce.MediaGate;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.ExportEvent.Cause;
import jp.sekisho.protocol.statement.ExportGrant;
import org.jspecify.annotations.Nullable;

/**
 * What the agent itself does with a medium under a grant, from {@link GrantDesk#carry}'s point of
 * view: writing to it, or taking its files in. The words in the records are its own.
 */
interface Carrying {
  /**
   * What came of it.
   *
   * @param failure why not all of it was done; null when it was
   * @param recorded whether that is in the records
   */
  record Carried(@Nullable Refusal failure, boolean recorded) {}

  /** Whether a grant of this text is for that. */
  boolean carries(ExportGrant text);

  /**
   * Looks at the verified grant and gets ready, before anything is activated; may take minutes.
   *
   * @return why nothing is done; null when something is
   */
  @Nullable Refusal prepare(ApprovedGrant grant, GrantTrust trust);

  /**
   * Does it; the grant is activated, and that it is is in the records. Whatever becomes of the
   * medium afterwards, it is shut by then.
   *
   * @param wanted false once it is to stop; then the medium refuses as well
   */
  Carried carry(MediaGate gate, PluggedMedium medium, BooleanSupplier wanted);

  /**
   * Whether it is still what the policy says, once it is prepared: for whom it is encrypted, which
   * kinds of files come in. Returns at once.
   */
  boolean isFor(GrantTrust trust);

  /** Wakes {@link #carry} where it waits for somebody; returns at once. */
  void breakOff();

  /** What it is called that it was broken off. */
  Refusal brokenOff();

  /** How it ended, for the records. */
  Cause cause(boolean all);

  /**
   * The record that stands before a medium is opened.
   *
   * @param until ISO-8601 UTC: the end at the latest
   */
  AgentEvent opened(ApprovedGrant grant, PluggedMedium medium, String until);

  /** The record of a refusal; what is not known is null. */
  AgentEvent refused(@Nullable String grant, @Nullable String fingerprint, Refusal reason);

  /** The record of an end before anything of it was done. */
  AgentEvent failed(String grant, Refusal reason);
}
