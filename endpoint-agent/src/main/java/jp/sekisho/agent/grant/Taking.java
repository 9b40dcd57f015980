package jp.sekisho.agent.grant;

import jp.sekisho.agent.enforce.PluggedMedium;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.ExportEvent.Cause;
import jp.sekisho.protocol.event.ImportEvent;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import org.jspecify.annotations.Nullable;

/** What is taken in from a medium under a grant. */
interface Taking extends Carrying {
  @Override
  default boolean carries(ExportGrant text) {
    return text.capability() == Capability.MEDIA_IMPORT;
  }

  @Override
  default Refusal brokenOff() {
    return Refusal.IMPORT_BROKEN_OFF;
  }

  @Override
  default Cause cause(boolean all) {
    return all ? Cause.TAKEN_IN : Cause.NOT_TAKEN_IN;
  }

  @Override
  default ImportEvent opened(ApprovedGrant grant, PluggedMedium medium, String until) {
    return new ImportEvent.Opened(
        grant.id(),
        grant.text().person(),
        medium.fingerprint(),
        medium.device(),
        grant.approval(),
        until);
  }

  @Override
  default ImportEvent refused(
      @Nullable String grant, @Nullable String fingerprint, Refusal reason) {
    return new ImportEvent.Refused(grant, fingerprint, null, null, reason);
  }

  @Override
  default ImportEvent failed(String grant, Refusal reason) {
    return new ImportEvent.Failed(grant, 0, reason);
  }
}
