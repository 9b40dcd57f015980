package jp.sekisho.protocol.event;

import static jp.sekisho.protocol.ProtocolSamples.BOOT;
import static jp.sekisho.protocol.ProtocolSamples.CERTIFICATE;
import static jp.sekisho.protocol.ProtocolSamples.DETAIL;
import static jp.sekisho.protocol.ProtocolSamples.NONCE;
import static jp.sekisho.protocol.ProtocolSamples.TRANSACTION;
import static jp.sekisho.protocol.ProtocolSamples.breakGlass;
import static jp.sekisho.protocol.ProtocolSamples.cardStatement;
import static jp.sekisho.protocol.ProtocolSamples.fixture;
import static jp.sekisho.protocol.ProtocolSamples.offlineLogin;
import static jp.sekisho.protocol.ProtocolSamples.range;
import static jp.sekisho.protocol.ProtocolSamples.signature;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RelyingRecord;
import jp.sekisho.protocol.statement.Purpose;

/**
 * One example of every event type, as {@code docs/audit-events.md} shows it.
 *
 * <p>Past 400 lines: a line or two for each type.
 */
final class EventExamples {
  private static final Instant TIME = Instant.parse("2026-11-20T23:31:05.500Z");
  private static final String SESSION = "AAECAwQFBgcICQoL";
  private static final String FINGERPRINT = "3F2A-90C1-77B0-12DE-5A04";
  private static final Entry.Subject PERSON =
      new Entry.Subject("mayor", "S-1024", "zeimu-1", "T-0042", SESSION);
  private static final Entry.Subject TERMINAL = Entry.Subject.terminal("mayor", "T-0042");

  private EventExamples() {}

  /** Every event the service itself makes, with whom it is about. */
  private static Map<AuditEvent, Entry.Subject> ofTheService() {
    Map<AuditEvent, Entry.Subject> events = new java.util.LinkedHashMap<>();
    events.put(
        new AuthenticatorEvent.Registered("staff-piv", CERTIFICATE, "normal"),
        Entry.Subject.person("mayor", "S-1024"));
    events.put(
        new AuthenticatorEvent.Refused(Refusal.CERT_UNTRUSTED),
        Entry.Subject.person("mayor", "S-1024"));
    events.put(
        new AuthenticatorEvent.Suspended(CERTIFICATE), Entry.Subject.person("mayor", "S-1024"));
    events.put(
        new AuthenticatorEvent.Resumed(CERTIFICATE), Entry.Subject.person("mayor", "S-1024"));
    Entry.Subject holder = Entry.Subject.person("mayor", "S-1024");
    events.put(new AuthenticatorEvent.Seen(CERTIFICATE), PERSON);
    events.put(new AuthenticatorEvent.Revoked(CERTIFICATE), holder);
    events.put(new AuthenticatorEvent.Relinked(CERTIFICATE, "normal"), holder);
    events.put(
        new TemporaryEvent.Stocked(CERTIFICATE, "K-0007"),
        new Entry.Subject("mayor", null, null, null, null));
    events.put(new TemporaryEvent.HandedOut(CERTIFICATE, "K-0007", "2026-11-21T15:00:00Z"), holder);
    events.put(new TemporaryEvent.Stopped(CERTIFICATE, "K-0007"), holder);
    events.put(new TemporaryEvent.Returned(CERTIFICATE, "K-0007"), holder);
    events.put(new TemporaryEvent.Retired(CERTIFICATE, "K-0007"), holder);
    events.put(new DeskEvent.Done("card-suspend", "S-1024"), PERSON);
    events.put(new DeskEvent.PinReset("S-1024", CERTIFICATE, "S-2001", "S-2002"), PERSON);
    events.put(new DeskEvent.Viewed("grant", "S-2001", TRANSACTION), PERSON);
    events.put(new DeskEvent.Refused("card-suspend", "S-1024", Refusal.STEP_UP_NEEDED), PERSON);
    events.put(new SetupEvent.CodeMade("2026-11-21T00:30:00Z"), Entry.Subject.NONE);
    events.put(new SetupEvent.Opened(), Entry.Subject.NONE);
    events.put(new SetupEvent.Done("administrator", "S-1024"), Entry.Subject.NONE);
    events.put(
        new SetupEvent.Refused("finish", List.of("NO_AUDITOR mayor"), Refusal.SETUP_UNFINISHED),
        PERSON);
    events.put(new SetupEvent.Finished(), PERSON);
    events.putAll(ofGrants());
    events.put(new LogEvent.Viewed("mayor", 1200, 1249), PERSON);
    events.put(
        new LogEvent.Searched(
            "mayor", Map.of("event", "usb.blocked", "person", "S-1024"), 3, 1200, 1249),
        PERSON);
    events.put(new LogEvent.Sampled("mayor", "000102030405060708090a0b0c0d0e0f", 1250, 25), PERSON);
    events.put(
        new LogEvent.SheetMade("mayor", 1250, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        PERSON);
    events.put(new LogEvent.Exported("mayor", 1250, "csv", Map.of("person", "S-1024"), 12), PERSON);
    events.put(
        new LogEvent.GenerationOpened(
            "auth.city.example/log/mayor/3",
            1250,
            "YXV0aC5jaXR5LmV4YW1wbGU",
            1200,
            2,
            0,
            List.of(2L)),
        new Entry.Subject("mayor", null, null, null, null));
    events.put(
        new LogEvent.WitnessRefused("audit-committee.city.example", 1250, 1300, 409),
        new Entry.Subject("mayor", null, null, null, null));
    events.put(
        new LogEvent.RetentionSet("mayor", 10, 7, "総情第7号"),
        new Entry.Subject("mayor", null, null, null, null));
    events.put(
        new LogEvent.HoldSet("mayor", "8d969eef6ecad3c2", "監査第12号"),
        new Entry.Subject("mayor", null, null, null, null));
    events.put(
        new LogEvent.HoldLifted("mayor", "8d969eef6ecad3c2", "監査第34号"),
        new Entry.Subject("mayor", null, null, null, null));
    events.put(
        new LogEvent.Pruned("mayor", 1, 0, 512, "2019-11-21T15:00:00Z", 7),
        new Entry.Subject("mayor", null, null, null, null));
    events.put(
        new LogEvent.PruneRefused("mayor", "retention-missing"),
        new Entry.Subject("mayor", null, null, null, null));
    events.put(
        new LogEvent.Stamped(
            "mayor", 1250, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "2026-11-20T18:00:00Z"),
        new Entry.Subject("mayor", null, null, null, null));
    events.put(
        new LogEvent.StampRefused("mayor", 1250),
        new Entry.Subject("mayor", null, null, null, null));
    events.put(new LogEvent.Refused("assembly", Refusal.ROLE_MISSING), PERSON);
    events.put(
        new LoginEvent.Succeeded(
            TRANSACTION,
            Purpose.LOGIN,
            CERTIFICATE,
            Base64Url.encode(signature()),
            CERTIFICATE,
            true,
            "staff-piv",
            "normal"),
        PERSON);
    events.put(new LoginEvent.Refused(TRANSACTION, Refusal.NOT_ENROLLED), TERMINAL);
    events.put(
        new LoginEvent.RefusedAnonymously(
            TRANSACTION, "2026-11-20T23:30:00Z", 17, Refusal.TRANSACTION_UNKNOWN),
        Entry.Subject.NONE);
    events.put(
        new PasskeyEvent.Registered(
            CERTIFICATE, "2fc0579f-8113-47ea-b116-bb5a8db9202a", "verified", "normal"),
        PERSON);
    events.put(new PasskeyEvent.Refused(Refusal.PASSKEY_MODEL), PERSON);
    events.put(new PasskeyEvent.Seen(CERTIFICATE), PERSON);
    events.put(new PasskeyEvent.Suspended(CERTIFICATE), Entry.Subject.person("mayor", "S-1024"));
    events.put(new PasskeyEvent.Resumed(CERTIFICATE), Entry.Subject.person("mayor", "S-1024"));
    events.put(new PasskeyEvent.Removed(CERTIFICATE), PERSON);
    events.put(new PasskeyEvent.CounterWentBack(CERTIFICATE, 41, 7), PERSON);
    events.put(
        new PersonEvent.Imported(
            "O-0007",
            "added",
            "2026-04-01",
            List.of("zeimu MAIN FISCAL_YEAR 2026-04-01/2027-03-31"),
            List.of("CLERK 2026-04-01/2027-03-31")),
        Entry.Subject.person("mayor", "S-1024"));
    events.put(
        new PersonEvent.OrderApplied("O-0007", CERTIFICATE, "2026-04-01", 600), Entry.Subject.NONE);
    events.put(new PersonEvent.OrderUndone("O-0007", 600), Entry.Subject.NONE);
    events.put(
        new PersonEvent.OrderRefused("O-0007", Refusal.ORDER_NOT_UNDOABLE), Entry.Subject.NONE);
    events.put(
        new PolicyEvent.Imported(
            1, CERTIFICATE, 2, CERTIFICATE, List.of("mayor 3 " + CERTIFICATE), true),
        Entry.Subject.NONE);
    events.put(new PolicyEvent.ImportRefused(Refusal.POLICY_SIGNATURE), Entry.Subject.NONE);
    events.put(new PolicyEvent.Renewed("current", 1795217465, CERTIFICATE), Entry.Subject.NONE);
    events.put(
        new ServiceEvent.Initialised("0.1.0", "https://auth.city.example", false),
        Entry.Subject.NONE);
    events.put(new ServiceEvent.Started("0.1.0"), Entry.Subject.NONE);
    events.put(new ServiceEvent.Stopped(), Entry.Subject.NONE);
    events.put(new ServiceEvent.ActFailed("terminal confirm"), Entry.Subject.NONE);
    events.put(new ServiceEvent.Failed("0A1B2C3D4E", "GET /api/v1/log/export"), Entry.Subject.NONE);
    events.put(new ServiceEvent.StateTampered("authenticator", "17"), Entry.Subject.NONE);
    events.put(
        new ServiceEvent.TrustUnusable(
            "lists", "staff.crl: 5.1: not one DER CRL", Refusal.REVOCATION_UNKNOWN),
        Entry.Subject.NONE);
    events.put(new SessionEvent.Suspended("card-removed"), PERSON);
    events.put(new SessionEvent.PostChosen(), PERSON);
    events.put(new SessionEvent.Resumed(), PERSON);
    events.put(new SessionEvent.Ended("lock-to-end"), PERSON);
    events.put(new SessionEvent.Refused("AAECAwQFBgcICQoL", Refusal.ADDRESS_MISMATCH), PERSON);
    events.put(new TerminalEvent.Ticketed("2026-11-21T23:31:05Z"), TERMINAL);
    events.put(new TerminalEvent.Enrolled(FINGERPRINT, "not-reported"), TERMINAL);
    events.put(new TerminalEvent.Confirmed(FINGERPRINT), TERMINAL);
    events.put(new TerminalEvent.Placed("zeimu"), TERMINAL);
    events.put(new TerminalEvent.Revoked(), TERMINAL);
    events.put(new TerminalEvent.Renewed("2027-02-18T23:31:05Z"), TERMINAL);
    events.put(
        new TerminalEvent.Refused("/agent/v1/heartbeat", Refusal.DEVICE_CERT_EXPIRED), TERMINAL);
    events.put(new TerminalEvent.RecordsRefused(8, 10, Refusal.EVENT_GAP), TERMINAL);
    events.put(new TerminalEvent.Silent("2026-11-20T23:29:35Z", "unheard"), TERMINAL);
    events.put(new TerminalEvent.Returned(), TERMINAL);
    events.put(new TerminalEvent.EnforcementReported("misconfigured", "not-enforcing"), TERMINAL);
    events.put(
        new RelyingEvent.Certified(
            "keycloak", "city", "https://sso.city.example", CERTIFICATE, "2027-02-18T23:31:05Z"),
        Entry.Subject.NONE);
    events.put(new RelyingEvent.Revoked("keycloak"), Entry.Subject.NONE);
    events.put(
        new RelyingEvent.Vouched(
            "keycloak", "city", "groupware", TRANSACTION, "urn:sekisho:acr:card"),
        PERSON);
    events.put(
        new RelyingEvent.Refused("keycloak", "service-ask", Refusal.SERVICE_REALM),
        Entry.Subject.NONE);
    events.put(
        new RelyingEvent.Reported(
            "keycloak",
            new RelyingRecord(
                TRANSACTION,
                12,
                CERTIFICATE,
                "8d0b6a52-4f1c-4a77-9c52-0f3a3c1b2d4e",
                1795217465120L,
                "city",
                "ADMIN DELETE USER",
                true,
                "4f1c6a52-8d0b-4a77-9c52-0f3a3c1b2d4e",
                "S-1024",
                "security-admin-console",
                "f2a1",
                TRANSACTION,
                "users/8d0b",
                "denied"),
            CERTIFICATE,
            true),
        Entry.Subject.NONE);
    events.put(new RelyingEvent.ReportsBegan("keycloak", TRANSACTION, "", 0), Entry.Subject.NONE);
    events.put(new RelyingEvent.Silent("keycloak", "2026-11-20T23:31:05Z"), Entry.Subject.NONE);
    events.put(new RelyingEvent.Returned("keycloak"), Entry.Subject.NONE);
    events.put(
        new EmergencyCaseEvent.CaseOpened(TRANSACTION, "S-1024", "T-0042", "2026-11-24T00:00:00Z"),
        TERMINAL);
    events.put(new EmergencyCaseEvent.Reported(TRANSACTION, DETAIL), PERSON);
    events.put(new EmergencyCaseEvent.Confirmed(TRANSACTION, DETAIL, "S-2001"), PERSON);
    events.put(new EmergencyCaseEvent.Overdue(TRANSACTION, "2026-11-24T00:00:00Z"), TERMINAL);
    events.put(
        new EmergencyCaseEvent.StepRefused("confirm", TRANSACTION, Refusal.EMERGENCY_OWN), PERSON);
    events.put(new TerminalEvent.ClockOff(-3540), TERMINAL);
    events.put(new TerminalEvent.ClockRight(), TERMINAL);
    events.put(
        new LoginEvent.OfflineDisputed(TRANSACTION, "S-1024", Refusal.AUTHENTICATOR_SUSPENDED),
        TERMINAL);
    return events;
  }

  private static Map<AuditEvent, Entry.Subject> ofGrants() {
    String start = "2026-11-21T00:00:00Z";
    String end = "2026-11-21T03:00:00Z";
    Entry.Subject organ = new Entry.Subject("mayor", null, null, null, null);
    Map<AuditEvent, Entry.Subject> events = new java.util.LinkedHashMap<>();
    events.put(new MediumEvent.Registered("M-0007", CERTIFICATE), organ);
    events.put(new MediumEvent.Refused("M-0007", Refusal.MEDIUM_TAKEN), organ);
    events.put(
        new GrantEvent.Requested(
            TRANSACTION,
            CERTIFICATE,
            "S-1024",
            "T-0042",
            "M-0007",
            start,
            end,
            30,
            12,
            new GrantEvent.Leaving("usb-export-encrypted", "S-2050", "prefecture", 3, 1_048_576)),
        PERSON);
    events.put(new GrantEvent.Refused("approve", TRANSACTION, Refusal.APPROVAL_OWN), PERSON);
    events.put(
        new GrantEvent.Approved(
            TRANSACTION,
            BOOT,
            CERTIFICATE,
            Base64Url.encode(cardStatement(Purpose.APPROVE, CERTIFICATE).bytes()),
            Base64Url.encode(signature()),
            Base64Url.encode(range(0, 91)),
            "S-2001"),
        PERSON);
    events.put(new GrantEvent.Rejected(TRANSACTION, "S-2001"), PERSON);
    events.put(new GrantEvent.Withdrawn(TRANSACTION), PERSON);
    events.put(new GrantEvent.Revoked(TRANSACTION), PERSON);
    events.put(new GrantEvent.Activated(TRANSACTION, "M-0007", CERTIFICATE, end), PERSON);
    events.put(new GrantEvent.Ended(TRANSACTION, "deadline"), TERMINAL);
    events.put(new GrantEvent.Expired(TRANSACTION), organ);
    events.put(new GrantEvent.Overdue(TRANSACTION, "M-0007", end), organ);
    events.put(new GrantEvent.Returned(TRANSACTION, "M-0007"), PERSON);
    events.put(new MediumEvent.Disposed("M-0007", "情第12号"), organ);
    events.put(new MediumEvent.Kept("M-0007", Refusal.MEDIUM_IN_USE), organ);
    events.put(
        new MediumEvent.Counted(
            "情第30号",
            5,
            3,
            List.of("M-0003"),
            List.of("M-0004"),
            List.of("M-0005"),
            List.of("M-0099")),
        organ);
    Entry.Subject asked = Entry.Subject.person("mayor", "S-1024");
    events.put(new AuthenticatorEvent.Awaits(CERTIFICATE, "S-2001"), asked);
    events.put(new AuthenticatorEvent.Declined(CERTIFICATE), asked);
    events.put(new GrantEvent.Remanded(TRANSACTION, CERTIFICATE, "S-2001"), PERSON);
    events.put(
        new GrantEvent.Corrected(
            TRANSACTION,
            CERTIFICATE,
            "S-1024",
            "T-0042",
            "M-0007",
            start,
            end,
            30,
            12,
            new GrantEvent.Leaving("usb-export-encrypted", "S-2050", "prefecture", 3, 1_048_576)),
        PERSON);
    events.put(new GrantEvent.ExtensionRequested(TRANSACTION, CERTIFICATE, end, 45), PERSON);
    events.put(new GrantEvent.ExtensionRejected(TRANSACTION, CERTIFICATE, "S-2001"), PERSON);
    events.put(
        new GrantEvent.Extended(
            TRANSACTION,
            BOOT,
            CERTIFICATE,
            Base64Url.encode(cardStatement(Purpose.APPROVE, CERTIFICATE).bytes()),
            Base64Url.encode(signature()),
            Base64Url.encode(range(0, 91)),
            end,
            "S-2001"),
        PERSON);
    events.put(new GrantEvent.Reviewed(TRANSACTION, "approve", "S-1024", "S-2001"), PERSON);
    events.put(
        new DeputyEvent.Named(BOOT, "zeimu", "S-1024", 1, "2026-04-01", "2027-03-31", "総第9号"),
        organ);
    events.put(new DeputyEvent.Removed(BOOT, "総第10号"), organ);
    events.put(new DeputyEvent.Absent(BOOT, "S-2001", start, end), PERSON);
    events.put(new DeputyEvent.Back(BOOT, "S-2001"), PERSON);
    events.put(new DeputyEvent.Refused("absent", Refusal.ABSENCE_INVALID), PERSON);
    events.put(
        new MeasureEvent.Requested(
            BOOT,
            "E-0007",
            CERTIFICATE,
            List.of("T-0042", "T-0043"),
            "zeimu",
            "usb.storage",
            "2026-11-22",
            "2027-01-31",
            "2027-03-31",
            "E-0003"),
        PERSON);
    events.put(
        new MeasureEvent.Permitted(
            BOOT,
            "E-0007",
            TRANSACTION,
            CERTIFICATE,
            Base64Url.encode(cardStatement(Purpose.APPROVE, CERTIFICATE).bytes()),
            Base64Url.encode(signature()),
            Base64Url.encode(range(0, 91))),
        PERSON);
    events.put(new MeasureEvent.Rejected(BOOT, "E-0007"), PERSON);
    events.put(new MeasureEvent.Withdrawn(BOOT, "E-0007"), PERSON);
    events.put(new MeasureEvent.Expired(BOOT, "E-0007"), organ);
    events.put(new MeasureEvent.Reviewed(BOOT, "E-0007"), PERSON);
    events.put(new MeasureEvent.Renewed(BOOT, "E-0007", "E-0012"), PERSON);
    events.put(new MeasureEvent.Ended(BOOT, "E-0007"), PERSON);
    events.put(
        new MeasureEvent.Overdue(BOOT, "E-0007", MeasureEvent.Due.REVIEW, "2027-01-31"), organ);
    events.put(new MeasureEvent.Refused("request", BOOT, Refusal.MEASURE_WITHOUT_END), PERSON);
    events.put(
        new SessionEvent.ActFailed(
            "POST /api/v1/grants/{id}/extend", "0A1B2C3D4E", Refusal.INTERNAL),
        PERSON);
    events.put(
        new GrantEvent.SeriesApproved(
            TRANSACTION,
            BOOT,
            CERTIFICATE,
            Base64Url.encode(cardStatement(Purpose.APPROVE, CERTIFICATE).bytes()),
            Base64Url.encode(signature()),
            Base64Url.encode(range(0, 91)),
            "monthly",
            4,
            start,
            "2027-02-21T03:00:00Z",
            "S-2001"),
        PERSON);
    events.put(new GrantEvent.Occurrence(TRANSACTION, BOOT, 1, start, end), organ);
    events.put(new GrantEvent.SeriesEnded(TRANSACTION, "terminal"), organ);
    events.put(new GrantEvent.Reported(TRANSACTION), PERSON);
    events.put(new GrantEvent.SeriesSuspended(TRANSACTION, 3, "2027-01"), organ);
    events.put(
        new GrantEvent.SeriesConfirmed(
            TRANSACTION,
            "2027-01",
            BOOT,
            Base64Url.encode(fixture("series-confirmation.txt")),
            Base64Url.encode(cardStatement(Purpose.APPROVE, CERTIFICATE).bytes()),
            Base64Url.encode(signature()),
            Base64Url.encode(range(0, 91)),
            "S-2001"),
        PERSON);
    events.put(new GrantEvent.HandedOver(TRANSACTION, "M-0007", "県税第77号"), PERSON);
    events.put(new GrantEvent.Erased(TRANSACTION, "M-0007"), PERSON);
    events.put(new GrantEvent.ReportOverdue(TRANSACTION, end), organ);
    events.put(new MediumEvent.CheckedOut("M-0007", "S-2001", "2026-11-27", "情第31号"), PERSON);
    events.put(new MediumEvent.CheckedIn("M-0007"), PERSON);
    events.put(new MediumEvent.Lost("M-0007", "情第32号"), PERSON);
    events.put(
        new GrantEvent.ApprovedOnce(
            TRANSACTION,
            BOOT,
            CERTIFICATE,
            Base64Url.encode(cardStatement(Purpose.APPROVE, CERTIFICATE).bytes()),
            Base64Url.encode(signature()),
            Base64Url.encode(range(0, 91)),
            "S-2001"),
        PERSON);
    events.put(
        new BreachEvent.Opened(
            BOOT, "B-0007", start, List.of("system", "malice"), "medium", "M-0007", CERTIFICATE, 8),
        PERSON);
    events.put(new BreachEvent.Amended(BOOT, "B-0007", List.of("system"), CERTIFICATE, 9), PERSON);
    events.put(
        new BreachEvent.Reported(BOOT, "B-0007", "preliminary", "2026-11-21", CERTIFICATE), PERSON);
    events.put(new BreachEvent.Overdue(BOOT, "B-0007", "final", "2026-12-21"), organ);
    events.put(new BreachEvent.Closed(BOOT, "B-0007", "reported"), PERSON);
    events.put(new BreachEvent.Refused("close", BOOT, Refusal.BREACH_UNREPORTED), PERSON);
    return events;
  }

  /** Every event of a terminal's agent. */
  private static List<AgentEvent> ofTheAgent() {
    return List.of(
        new AgentEvent.Started("0.1.0", true),
        new AgentEvent.Stopped(),
        new AgentEvent.LoginRefused(TRANSACTION, 2, null, Refusal.PIN_WRONG),
        new AgentEvent.Answered(TRANSACTION, "login"),
        new AgentEvent.CardRemoved(List.of(TRANSACTION)),
        new AgentEvent.SeatLost(List.of(TRANSACTION)),
        new AgentEvent.Unwatched(List.of(TRANSACTION)),
        new UsbEvent.Allowed(
            new UsbEvent.Device("3-1", CERTIFICATE, 0x0627, 0x0001, List.of("03:01:01")),
            "usb.keyboard"),
        new UsbEvent.Blocked(
            new UsbEvent.Device("3-1.2", CERTIFICATE, 0x0781, 0x5567, List.of("08:06:50")),
            "usb.storage",
            false,
            Refusal.USB_STORAGE),
        new UsbEvent.Enforcement("misconfigured", "gate-open"),
        new AgentEvent.Alarm(Refusal.SERVER_REGRESSED, Map.of("had", 120L, "has", 90L)),
        new ExportEvent.Opened(
            TRANSACTION,
            "S-1024",
            "M-0007",
            CERTIFICATE,
            "3-1",
            CERTIFICATE,
            "2026-11-21T00:01:05.500Z"),
        new ExportEvent.Closed(TRANSACTION, ExportEvent.Cause.CARD_REMOVED, true),
        new ExportEvent.Refused(TRANSACTION, CERTIFICATE, Refusal.APPROVER_UNLISTED),
        new TrustEvent.Accepted(
            1, 2, CERTIFICATE, List.of("mayor 3 " + CERTIFICATE), 1795217465, true),
        new TrustEvent.Refused(CERTIFICATE, "policy 1 after 2", Refusal.POLICY_OLDER),
        new AgentEvent.Vouched(TRANSACTION, "login"),
        new AgentEvent.LogSucceeded(1, 2, 1250, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        new ExportEvent.Extended(TRANSACTION, CERTIFICATE, "2026-11-21T00:01:05.500Z"),
        new EmergencyEvent.Asked(TRANSACTION, "S-1024", Base64Url.encode(breakGlass().bytes())),
        new EmergencyEvent.Signed(
            TRANSACTION,
            "S-2001",
            "approver",
            Base64Url.encode(signature()),
            Base64Url.encode(range(0, 91))),
        new EmergencyEvent.Opened(
            TRANSACTION, "S-1024", List.of("S-2001", "S-2002"), CERTIFICATE, "3-1", 30, "disaster"),
        new EmergencyEvent.Closed(TRANSACTION, ExportEvent.Cause.DEADLINE, true),
        new EmergencyEvent.Refused(TRANSACTION, "S-1024", Refusal.EMERGENCY_SAME),
        new OfflineEvent.Succeeded(
            TRANSACTION,
            "S-1024",
            Base64Url.encode(offlineLogin().bytes()),
            Base64Url.encode(signature()),
            Base64Url.encode(range(0, 91)),
            "2026-11-20T08:15:00Z",
            new Ruling("audit", "login.offline-days", "common")),
        new OfflineEvent.Refused(
            "S-1024",
            2,
            new Ruling("block", "login.offline-power", "common"),
            Refusal.OFFLINE_POLICY),
        new OfflineEvent.Ended(TRANSACTION, OfflineEvent.Cause.ONLINE),
        new ExportEvent.Written(
            TRANSACTION,
            "M-0007",
            1,
            2,
            1_048_576,
            1_049_102,
            CERTIFICATE,
            NONCE,
            ExportEvent.Algorithm.CMS_CERTIFICATE,
            List.of(CERTIFICATE)),
        new ExportEvent.Failed(TRANSACTION, 1, 3, Refusal.EXPORT_MISMATCH),
        new ClipboardEvent.Held("guard", "misconfigured", "clipboard-wayland"),
        new ClipboardEvent.Crossed(TRANSACTION, copied(), "allow", "clipboard.formats", 4),
        new ClipboardEvent.Refused(
            TRANSACTION, copied(), "clipboard.number", 4, Refusal.CLIPBOARD_NUMBER),
        new ClipboardEvent.Gap("block", true, 7L, Refusal.CLIPBOARD_GAP),
        new ClipboardEvent.Opened(
            TRANSACTION, "S-1024", CERTIFICATE, "2026-11-20T23:59:00Z", 1_048_576),
        new ClipboardEvent.Closed(TRANSACTION, ExportEvent.Cause.DEADLINE, 3, 4_096),
        new ImportEvent.Opened(
            TRANSACTION, "S-1024", CERTIFICATE, "3-1", CERTIFICATE, "2026-11-21T00:01:05.500Z"),
        new ImportEvent.Released(
            TRANSACTION,
            1,
            1_048_576,
            CERTIFICATE,
            NONCE,
            "pdf",
            "ClamAV 1.4.6/27842/Fri Nov 20 08:30:12 2026"),
        new ImportEvent.Refused(
            TRANSACTION, CERTIFICATE, NONCE, "Win.Test.EICAR_HDB-1", Refusal.IMPORT_VIRUS),
        new ImportEvent.Failed(TRANSACTION, 2, Refusal.IMPORT_BROKEN_OFF));
  }

  private static ClipboardEvent.Copy copied() {
    return new ClipboardEvent.Copy(
        "clipboard", "juki", "", List.of("rich-text", "text"), 1_234, "low");
  }

  /** The event classes and their examples, by type. */
  static Map<String, Class<?>> classes() {
    Map<String, Class<?>> classes = new TreeMap<>();
    ofTheService().keySet().forEach(event -> classes.put(event.type(), event.getClass()));
    ofTheAgent().forEach(event -> classes.put(event.type(), event.getClass()));
    return classes;
  }

  /** One entry of every type, by type. */
  static Map<String, Entry> entries() {
    Map<String, Entry> entries = new TreeMap<>();
    ofTheService()
        .forEach((event, subject) ->
            entries.put(
                event.type(), Entry.of(range(32, 16), range(48, 16), TIME, subject, event)));
    long seq = 1;
    String prev = DeviceRecord.GENESIS;
    for (AgentEvent event : ofTheAgent()) {
      DeviceRecord record =
          DeviceRecord.of("T-0042", BOOT, seq++, prev, TIME.minusMillis(380), event);
      prev = record.hash();
      entries.put(event.type(), Entry.of(range(32, 16), range(48, 16), TIME, TERMINAL, record));
    }
    return entries;
  }
}
