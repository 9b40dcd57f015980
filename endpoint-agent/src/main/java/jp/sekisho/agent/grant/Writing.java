package jp.sekisho.agent.grant;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import jp.sekisho.agent.enforce.MediaGate;
import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.agent.enforce.WritableMedium;
import jp.sekisho.agent.enforce.WriteOutcome;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.ExportEvent;
import jp.sekisho.protocol.event.ExportEvent.Cause;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.ExportGrant.Export;
import org.jspecify.annotations.Nullable;

/** What is written to a medium under a grant. */
interface Writing extends Carrying {
  /**
   * Writes; the grant is activated, and that it is is in the records.
   *
   * @param wanted false once it is to stop; then the medium refuses as well
   * @return why not all of it was written, which is in the records; null when it was
   * @throws IOException when the medium failed
   */
  @Nullable Refusal write(WritableMedium medium, BooleanSupplier wanted) throws IOException;

  @Override
  default Carried carry(MediaGate gate, PluggedMedium medium, BooleanSupplier wanted) {
    AtomicReference<@Nullable Refusal> said = new AtomicReference<>();
    WriteOutcome outcome = gate.write(medium, written -> said.set(write(written, wanted)));
    Refusal failure = said.get();
    if (failure == null && outcome instanceof WriteOutcome.Failed no) {
      return new Carried(no.reason(), false);
    }
    return new Carried(failure, true);
  }

  @Override
  default boolean carries(ExportGrant text) {
    return text.amount() instanceof Export;
  }

  @Override
  default Refusal brokenOff() {
    return Refusal.EXPORT_BROKEN_OFF;
  }

  @Override
  default Cause cause(boolean all) {
    return all ? Cause.WRITTEN : Cause.NOT_WRITTEN;
  }

  @Override
  default ExportEvent opened(ApprovedGrant grant, PluggedMedium medium, String until) {
    return opening(grant, medium, until);
  }

  /** The record of a registered medium that is opened. */
  static ExportEvent opening(ApprovedGrant grant, PluggedMedium medium, String until) {
    return new ExportEvent.Opened(
        grant.id(),
        grant.text().person(),
        Objects.requireNonNull(grant.text().medium()),
        medium.fingerprint(),
        medium.device(),
        grant.approval(),
        until);
  }

  @Override
  default ExportEvent refused(
      @Nullable String grant, @Nullable String fingerprint, Refusal reason) {
    return new ExportEvent.Refused(grant, fingerprint, reason);
  }

  @Override
  default ExportEvent failed(String grant, Refusal reason) {
    return new ExportEvent.Failed(grant, 0, 0, reason);
  }
}
