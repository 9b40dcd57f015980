package jp.sekisho.policy.grant;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jp.sekisho.policy.setting.DataSize;
import jp.sekisho.policy.setting.Members;
import jp.sekisho.policy.setting.Order;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.Shape;
import jp.sekisho.policy.setting.Shapes;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;

/** Settings of the section {@code grants}. */
public final class GrantSettings {
  /** Ids of recipients. */
  public static final Pattern RECIPIENT = Names.RECIPIENT;

  /** Most certificates of one recipient. */
  public static final int MAX_CERTIFICATES = 5;

  private static final List<GrantCapability> EVERY = List.of(GrantCapability.values());

  private static final Shape<Approver> APPROVER =
      new Shape<>() {
        @Override
        public Approver read(Object json) throws MalformedException {
          Members members = Members.of(json, "approver");
          try {
            Approver read =
                new Approver(members.text("person"), members.text("organ"), members.text("spki"));
            members.end();
            return read;
          } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()));
          }
        }

        @Override
        public Object write(Approver value) {
          return Map.of("person", value.person(), "organ", value.organ(), "spki", value.spki());
        }
      };

  private static final Shape<RecipientCertificate> CERTIFICATE =
      new Shape<>() {
        @Override
        public RecipientCertificate read(Object json) throws MalformedException {
          Members members = Members.of(json, "recipient-certificate");
          try {
            RecipientCertificate read =
                new RecipientCertificate(members.text("recipient"), members.text("certificate"));
            members.end();
            return read;
          } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()));
          }
        }

        @Override
        public Object write(RecipientCertificate value) {
          return Map.of("recipient", value.recipient(), "certificate", value.certificate());
        }
      };

  private static final Shape<List<RecipientCertificate>> CERTIFICATE_LIST =
      Shapes.list(CERTIFICATE, 0, 500);

  private static final Shape<List<RecipientCertificate>> CERTIFICATES =
      new Shape<>() {
        @Override
        public List<RecipientCertificate> read(Object json) throws MalformedException {
          List<RecipientCertificate> all = CERTIFICATE_LIST.read(json);
          Map<String, Long> each =
              all.stream()
                  .collect(
                      Collectors.groupingBy(
                          RecipientCertificate::recipient, Collectors.counting()));
          if (each.values().stream().anyMatch(count -> count > MAX_CERTIFICATES)) {
            throw new MalformedException(
                "over " + MAX_CERTIFICATES + " certificates of one recipient");
          }
          return all;
        }

        @Override
        public Object write(List<RecipientCertificate> value) {
          return CERTIFICATE_LIST.write(value);
        }
      };

  /** Longest from activation to its end. */
  public static final Setting<Duration> LONGEST_USE =
      Setting.required(
          "grants.longest-use",
          Shapes.duration(Duration.ofMinutes(1), GrantRules.MAX_USE, Duration.ofMinutes(1)),
          Order.smaller(),
          Duration.ofMinutes(1));

  /** Longest from a grant's start to its end. */
  public static final Setting<Duration> LONGEST_SPAN =
      Setting.required(
          "grants.longest-span",
          Shapes.duration(Duration.ofDays(1), GrantRules.MAX_SPAN, Duration.ofDays(1)),
          Order.smaller(),
          Duration.ofDays(1));

  /** Whose cards approve. */
  public static final Setting<List<Approver>> APPROVERS =
      Setting.required(
          "grants.approvers",
          Shapes.list(APPROVER, 0, GrantRules.MAX_APPROVERS),
          Order.fewer(),
          List.of());

  /** What grants can open here. */
  public static final Setting<List<GrantCapability>> CAPABILITIES =
      Setting.optional(
          "grants.capabilities", Shapes.words(GrantCapability.class, 0), Order.fewer(), List.of());

  /** What needs two approvers; {@code export-plain} always does. */
  public static final Setting<List<GrantCapability>> SECOND_APPROVER =
      Setting.optional(
          "grants.second-approver", Shapes.words(GrantCapability.class, 0), Order.more(), EVERY);

  /** What needs somebody standing by (立会者); {@code export-plain} always does. */
  public static final Setting<List<GrantCapability>> ATTENDANT =
      Setting.optional(
          "grants.attendant", Shapes.words(GrantCapability.class, 0), Order.more(), EVERY);

  /** To whom files may go; the ids of recipients the organisation knows. */
  public static final Setting<List<String>> RECIPIENTS =
      Setting.optional(
          "grants.recipients",
          Shapes.list(Shapes.text(RECIPIENT), 0, 500),
          Order.fewer(),
          List.of());

  /** What a request must say. */
  public static final Setting<List<GrantField>> FIELDS =
      Setting.optional(
          "grants.fields",
          Shapes.words(GrantField.class, 0),
          Order.more(),
          List.of(GrantField.values()));

  /** Most files of one grant. */
  public static final Setting<Integer> MOST_FILES =
      Setting.optional("grants.most-files", Shapes.count(0, 100_000), Order.smaller(), 0);

  /** Most data of one grant. */
  public static final Setting<DataSize> MOST_DATA =
      Setting.optional(
          "grants.most-data", Shapes.size(new DataSize(1L << 40)), Order.smaller(), DataSize.NONE);

  /** How long after a grant's end the medium may be out. */
  public static final Setting<Duration> RETURN_WITHIN =
      Setting.optional(
          "grants.return-within",
          Shapes.duration(Duration.ZERO, Duration.ofDays(31), Duration.ofDays(1)),
          Order.smaller(),
          Duration.ZERO);

  /** Longest 緊急時の例外措置; none where it is 0. */
  public static final Setting<Duration> EMERGENCY =
      Setting.optional(
          "grants.emergency",
          Shapes.duration(Duration.ZERO, Duration.ofHours(1), Duration.ofMinutes(1)),
          Order.smaller(),
          Duration.ZERO);

  /** Longest from the start of a series' first grant to the end of its last; none where it is 0. */
  public static final Setting<Duration> LONGEST_SERIES =
      Setting.optional(
          "grants.longest-series",
          Shapes.duration(Duration.ZERO, GrantRules.MAX_SPAN, Duration.ofDays(1)),
          Order.smaller(),
          Duration.ZERO);

  /**
   * For whom what leaves encrypted is encrypted. A recipient of whom no layer names one gets it by
   * a passphrase that the terminal makes; one whose last certificate a lower layer leaves out is no
   * recipient of its terminals any more ({@link jp.sekisho.policy.PolicyLayers}).
   */
  public static final Setting<List<RecipientCertificate>> RECIPIENT_CERTIFICATES =
      Setting.optional("grants.recipient-certificates", CERTIFICATES, Order.fewer(), List.of());

  /** What files that are taken in from a medium may be; none where it is empty. */
  public static final Setting<List<ImportKind>> IMPORT_TYPES =
      Setting.optional(
          "grants.import-types", Shapes.words(ImportKind.class, 0), Order.fewer(), List.of());

  private GrantSettings() {}

  /** All of them, in the order of the documents. */
  public static List<Setting<?>> all() {
    return List.of(
        LONGEST_USE,
        LONGEST_SPAN,
        APPROVERS,
        CAPABILITIES,
        SECOND_APPROVER,
        ATTENDANT,
        RECIPIENTS,
        FIELDS,
        MOST_FILES,
        MOST_DATA,
        RETURN_WITHIN,
        EMERGENCY,
        LONGEST_SERIES,
        RECIPIENT_CERTIFICATES,
        IMPORT_TYPES);
  }
}
