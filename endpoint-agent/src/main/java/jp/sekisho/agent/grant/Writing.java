package jp.sekisho.agent.grant;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import jp.sekisho.agent.enforce.WritableMedium;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** What is written to a medium under a grant, from {@link GrantDesk#write}'s point of view. */
interface Writing {
  /**
   * Looks at the verified grant and gets ready, before anything is activated; may take minutes.
   *
   * @return why nothing is written; null when something is
   */
  @Nullable Refusal prepare(ApprovedGrant grant, GrantTrust trust);

  /**
   * Writes; the grant is activated, and that it is is in the records.
   *
   * @param wanted false once it is to stop; then the medium refuses as well
   * @return why not all of it was written; null when it was
   * @throws IOException when the medium failed
   */
  @Nullable Refusal write(WritableMedium medium, BooleanSupplier wanted) throws IOException;

  /**
   * Whether it is still for whom the policy says, once it is prepared: what was encrypted for
   * others must not go on leaving. Returns at once.
   */
  boolean isFor(GrantTrust trust);

  /** Wakes {@link #write} where it waits for somebody; returns at once. */
  void breakOff();
}
