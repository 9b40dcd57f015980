package jp.sekisho.policy.grant;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.policy.setting.DataSize;
import jp.sekisho.protocol.statement.ExportGrant;
import org.jspecify.annotations.Nullable;

/**
 * A request for a grant and who would approve it.
 *
 * @param capability what it would open; null for something unknown
 * @param organ id of the 機関 it is made in
 * @param applicant staff number
 * @param approvers staff numbers, the applicant never among them
 * @param attendant somebody stands by (立会者)
 * @param fields what it says besides its reason
 * @param recipient id of the recipient; null when nothing is handed over
 * @param medium fingerprint of the registered medium; null when it is about none
 * @param use from activation to the end of use
 * @param span from start to end
 * @param files number of files
 * @param data amount of data
 */
public record GrantAsk(
    @Nullable GrantCapability capability,
    String organ,
    String applicant,
    List<String> approvers,
    boolean attendant,
    List<GrantField> fields,
    @Nullable String recipient,
    @Nullable String medium,
    Duration use,
    Duration span,
    int files,
    DataSize data) {
  /** Makes the lists unmodifiable. */
  public GrantAsk {
    approvers = List.copyOf(approvers);
    fields = List.copyOf(fields);
  }

  /**
   * What a grant's text asks for: the service and the terminal judge it alike.
   *
   * @param approvers staff numbers of who approved it
   */
  public static GrantAsk of(ExportGrant text, List<String> approvers) {
    List<GrantField> fields = new ArrayList<>(List.of(GrantField.SUBJECTS)); // no text without it
    if (text.document() != null) {
      fields.add(GrantField.DOCUMENT);
    }
    if (text.legalBasis() != null) {
      fields.add(GrantField.LEGAL_BASIS);
    }
    if (text.providedTo() != null) {
      fields.add(GrantField.PROVIDED_TO);
    }
    ExportGrant.Export export = text.export();
    ExportGrant.Amount amount = text.amount();
    return new GrantAsk(
        GrantCapability.of(text.capability()),
        text.organ(),
        text.person(),
        approvers,
        text.attendant() != null,
        fields,
        export == null ? null : export.recipient(),
        text.fingerprint(),
        Duration.ofMinutes(text.minutes()),
        Duration.between(text.start(), text.end()),
        amount == null ? 0 : amount.files(),
        new DataSize(amount == null ? 0 : amount.bytes()));
  }

  /** Whether files leave under it. */
  public boolean isExport() {
    return capability == GrantCapability.USB_EXPORT_ENCRYPTED
        || capability == GrantCapability.EXPORT_PLAIN;
  }
}
