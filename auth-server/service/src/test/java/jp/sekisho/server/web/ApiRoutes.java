package jp.sekisho.server.web;

import java.util.List;
import jp.sekisho.protocol.ActivateRequest;
import jp.sekisho.protocol.Activated;
import jp.sekisho.protocol.AmendedBreach;
import jp.sekisho.protocol.AnswerAccepted;
import jp.sekisho.protocol.BreachView;
import jp.sekisho.protocol.BreachViews;
import jp.sekisho.protocol.CardTrustList;
import jp.sekisho.protocol.ClosedBreach;
import jp.sekisho.protocol.ConfirmedReport;
import jp.sekisho.protocol.DeputyList;
import jp.sekisho.protocol.DeskReply;
import jp.sekisho.protocol.DeskRequest;
import jp.sekisho.protocol.EmergencyReport;
import jp.sekisho.protocol.EmergencyView;
import jp.sekisho.protocol.EmergencyViews;
import jp.sekisho.protocol.EnrollReply;
import jp.sekisho.protocol.EnrollRequest;
import jp.sekisho.protocol.EventAck;
import jp.sekisho.protocol.EventBatch;
import jp.sekisho.protocol.GrantList;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.GrantViews;
import jp.sekisho.protocol.HandedOver;
import jp.sekisho.protocol.Heartbeat;
import jp.sekisho.protocol.HeartbeatReply;
import jp.sekisho.protocol.LogHold;
import jp.sekisho.protocol.LogKept;
import jp.sekisho.protocol.MeasureNote;
import jp.sekisho.protocol.MeasureView;
import jp.sekisho.protocol.MeasureViews;
import jp.sekisho.protocol.MediaCounted;
import jp.sekisho.protocol.MediaFound;
import jp.sekisho.protocol.MediumEnd;
import jp.sekisho.protocol.MediumLines;
import jp.sekisho.protocol.MediumLoan;
import jp.sekisho.protocol.MoreTime;
import jp.sekisho.protocol.NamedAbsence;
import jp.sekisho.protocol.NamedExport;
import jp.sekisho.protocol.NamedMedium;
import jp.sekisho.protocol.NamedPasskey;
import jp.sekisho.protocol.NamedSession;
import jp.sekisho.protocol.NewAbsence;
import jp.sekisho.protocol.NewBreach;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.NewMeasure;
import jp.sekisho.protocol.NewMedium;
import jp.sekisho.protocol.NewPasskey;
import jp.sekisho.protocol.NewTransaction;
import jp.sekisho.protocol.OnlineLogins;
import jp.sekisho.protocol.OrderNamed;
import jp.sekisho.protocol.OrderPreview;
import jp.sekisho.protocol.PasskeyAnswer;
import jp.sekisho.protocol.PasskeyOptions;
import jp.sekisho.protocol.PinResetNote;
import jp.sekisho.protocol.PostChoice;
import jp.sekisho.protocol.PostedAnswer;
import jp.sekisho.protocol.ReconciledUses;
import jp.sekisho.protocol.RelyingAnswer;
import jp.sekisho.protocol.RelyingAsk;
import jp.sekisho.protocol.RelyingEvents;
import jp.sekisho.protocol.RelyingEventsMissing;
import jp.sekisho.protocol.RelyingProof;
import jp.sekisho.protocol.RelyingQuestion;
import jp.sekisho.protocol.RelyingRecords;
import jp.sekisho.protocol.RelyingRecordsTaken;
import jp.sekisho.protocol.RelyingSessions;
import jp.sekisho.protocol.RelyingSessionsEnded;
import jp.sekisho.protocol.RelyingTerminal;
import jp.sekisho.protocol.RelyingTerminalAsk;
import jp.sekisho.protocol.RemandReason;
import jp.sekisho.protocol.RenewRequest;
import jp.sekisho.protocol.ReportedBreach;
import jp.sekisho.protocol.ReportedUse;
import jp.sekisho.protocol.SessionLines;
import jp.sekisho.protocol.SessionView;
import jp.sekisho.protocol.SetupAdministrator;
import jp.sekisho.protocol.SetupCodeTyped;
import jp.sekisho.protocol.SetupPolicy;
import jp.sekisho.protocol.SetupReply;
import jp.sekisho.protocol.SetupTerminal;
import jp.sekisho.protocol.TransactionCreated;
import jp.sekisho.protocol.TransactionDetails;
import org.jspecify.annotations.Nullable;

/**
 * What each route takes and gives; {@link OpenApiTest} compares the list with the router's.
 *
 * <p>Past 400 lines: a line or three for each route.
 */
public final class ApiRoutes {
  private static final String HTML = "text/html";
  private static final String BYTES = "application/octet-stream";
  private static final String TEXT = "text/plain";
  private static final String ZIP = "application/zip";
  private static final String JSON = "application/json";

  private ApiRoutes() {}

  /** Who may call at all; roles and proofs are asked behind that. */
  public enum Who {
    ANYBODY,
    SESSION,
    SETUP,
    DEVICE,
    SERVICE
  }

  /**
   * A route.
   *
   * @param takes wire record, or media type, of the request's body; null without one
   * @param gives wire record, or media type, of the answer; null without a body
   * @param query names of its query parameters
   * @param headers names of request headers that change what it does
   */
  public record Route(
      String method,
      String path,
      Who who,
      String summary,
      @Nullable Object takes,
      int status,
      @Nullable Object gives,
      List<String> query,
      List<String> headers) {
    Route asking(String... names) {
      return new Route(method, path, who, summary, takes, status, gives, List.of(names), headers);
    }

    Route with(String... names) {
      return new Route(method, path, who, summary, takes, status, gives, query, List.of(names));
    }
  }

  private static Route get(String path, Who who, String summary, Object gives) {
    return new Route("GET", path, who, summary, null, 200, gives, List.of(), List.of());
  }

  private static Route post(
      String path, Who who, String summary, @Nullable Object takes, @Nullable Object gives) {
    int status = gives == null ? 204 : 200;
    return new Route("POST", path, who, summary, takes, status, gives, List.of(), List.of());
  }

  private static Route create(String path, Who who, String summary, Object takes, Object gives) {
    return new Route("POST", path, who, summary, takes, 201, gives, List.of(), List.of());
  }

  public static List<Route> all() {
    return List.of(
        get("/", Who.ANYBODY, "the page to log in", HTML).asking("lang"),
        get("/health", Who.ANYBODY, "whether the log is published", JSON),
        get("/static/{file}", Who.ANYBODY, "styles and scripts of the pages", BYTES),
        get("/relying/{question}", Who.ANYBODY, "where a single sign-on asks for a passkey", HTML),
        get("/setup", Who.ANYBODY, "the page of the first start", HTML),
        get("/setup/steps", Who.SESSION, "what is missing of the first start", HTML),
        get("/post", Who.SESSION, "the choice among several posts", HTML),
        get("/log", Who.SESSION, "entries, one's own or those of a log one audits", HTML)
            .asking("log"),
        get("/log-sheet", Who.SESSION, "the root sheet of a log", HTML).asking("log"),
        get("/grants", Who.SESSION, "exceptions", HTML),
        get("/emergencies", Who.SESSION, "emergency measures that terminals told of", HTML),
        get("/grants/{id}", Who.SESSION, "one exception", HTML),
        get("/grants/{id}/request", Who.SESSION, "the application, to print", HTML),
        get("/grants/{id}/permit", Who.SESSION, "the permission, to print", HTML),
        get("/grants-register", Who.SESSION, "the register of media taken out", HTML)
            .asking("month"),
        get(
                "/reconciliation",
                Who.SESSION,
                "what does not fit between exceptions and the log",
                HTML)
            .asking("openings", "uses", "all"),
        get("/measures", Who.SESSION, "the register of exceptional measures", HTML),
        get("/measures/{id}", Who.SESSION, "one exceptional measure", HTML),
        get("/measures/{id}/request", Who.SESSION, "its application, to print", HTML),
        get("/measures/{id}/permit", Who.SESSION, "its permission, to print", HTML),
        get("/authenticators", Who.SESSION, "one's own cards and passkeys", HTML).asking("ends"),
        get("/sessions", Who.SESSION, "open sessions", HTML).asking("q", "after"),
        get("/people", Who.SESSION, "people of the organ", HTML).asking("q", "after"),
        get("/people/{number}", Who.SESSION, "one person with posts, roles and cards", HTML),
        get("/temporary", Who.SESSION, "temporary cards of the organ", HTML),
        get("/confirmations", Who.SESSION, "further cards that wait for a second word", HTML),
        create(
            "/authn/v1/transactions",
            Who.ANYBODY,
            "asks for a question; gives the pre-login cookie",
            NewTransaction.class,
            TransactionCreated.class),
        post(
            "/authn/v1/transactions/{id}/answer",
            Who.ANYBODY,
            "a card's answer to a question; needs its pre-login cookie",
            PostedAnswer.class,
            AnswerAccepted.class),
        post(
            "/authn/v1/transactions/{id}/passkey",
            Who.ANYBODY,
            "a passkey's answer to a question; needs its pre-login cookie",
            PasskeyAnswer.class,
            AnswerAccepted.class),
        post("/authn/v1/logout", Who.ANYBODY, "ends the cookie's session", null, null),
        post(
            "/authn/v1/setup/code",
            Who.ANYBODY,
            "trades the code of the first start for a cookie",
            SetupCodeTyped.class,
            SetupReply.class),
        post(
            "/authn/v1/setup/administrator",
            Who.SETUP,
            "registers the first administrator",
            SetupAdministrator.class,
            SetupReply.class),
        post(
            "/authn/v1/setup/terminal",
            Who.SETUP,
            "makes a ticket for the first terminal, or confirms it",
            SetupTerminal.class,
            SetupReply.class),
        post(
            "/api/v1/setup/policy",
            Who.SESSION,
            "takes the officers' first policy",
            SetupPolicy.class,
            DeskReply.class),
        post("/api/v1/setup/finish", Who.SESSION, "ends the first start", null, DeskReply.class),
        get("/api/v1/session", Who.SESSION, "the cookie's session", SessionView.class),
        post(
            "/api/v1/session/post",
            Who.SESSION,
            "chooses the acting post",
            PostChoice.class,
            AnswerAccepted.class),
        get("/api/v1/sessions", Who.SESSION, "one's own open sessions", SessionLines.class)
            .with("If-None-Match"),
        get(
                "/api/v1/sessions/organ",
                Who.SESSION,
                "open sessions in the organ, for its administrators",
                SessionLines.class)
            .asking("q", "after")
            .with("If-None-Match"),
        post(
            "/api/v1/sessions/end",
            Who.SESSION,
            "ends a session; another person's after a step-up for it",
            NamedSession.class,
            NamedSession.class),
        get("/api/v1/grants", Who.SESSION, "exceptions, newest first", GrantViews.class)
            .with("If-None-Match"),
        create(
                "/api/v1/grants",
                Who.SESSION,
                "asks for an exception",
                NewGrant.class,
                GrantView.class)
            .with("Idempotency-Key"),
        get("/api/v1/measures", Who.SESSION, "exceptional measures", MeasureViews.class)
            .with("If-None-Match"),
        create(
                "/api/v1/measures",
                Who.SESSION,
                "asks for an exceptional measure",
                NewMeasure.class,
                MeasureView.class)
            .with("Idempotency-Key"),
        get("/api/v1/measures/{id}", Who.SESSION, "one exceptional measure", MeasureView.class)
            .with("If-None-Match"),
        post(
            "/api/v1/measures/{id}/withdraw",
            Who.SESSION,
            "takes a request back",
            null,
            MeasureView.class),
        post(
            "/api/v1/measures/{id}/reject",
            Who.SESSION,
            "the CISO says no",
            MeasureNote.class,
            MeasureView.class),
        post(
            "/api/v1/measures/{id}/review",
            Who.SESSION,
            "records that somebody looked at it again",
            MeasureNote.class,
            MeasureView.class),
        post(
            "/api/v1/measures/{id}/end",
            Who.SESSION,
            "records its end",
            MeasureNote.class,
            MeasureView.class),
        get("/breaches", Who.SESSION, "cases of leaks that are to be reported", HTML),
        get("/breaches/{id}", Who.SESSION, "one case of a leak", HTML),
        get("/breaches/{id}/paper", Who.SESSION, "its report, to print", HTML),
        get("/api/v1/breaches", Who.SESSION, "cases of leaks", BreachViews.class)
            .with("If-None-Match"),
        create(
                "/api/v1/breaches",
                Who.SESSION,
                "opens a case of a leak",
                NewBreach.class,
                BreachView.class)
            .with("Idempotency-Key"),
        get("/api/v1/breaches/{id}", Who.SESSION, "one case of a leak", BreachView.class)
            .with("If-None-Match"),
        post(
            "/api/v1/breaches/{id}/amend",
            Who.SESSION,
            "writes its kinds and items anew, after a step-up for it",
            AmendedBreach.class,
            BreachView.class),
        post(
            "/api/v1/breaches/{id}/report",
            Who.SESSION,
            "records that a report was made, after a step-up for it",
            ReportedBreach.class,
            BreachView.class),
        post(
            "/api/v1/breaches/{id}/close",
            Who.SESSION,
            "closes it, after a step-up for it",
            ClosedBreach.class,
            BreachView.class),
        get("/media", Who.SESSION, "the register of media", HTML),
        get("/api/v1/media", Who.SESSION, "the register of media", MediumLines.class)
            .with("If-None-Match"),
        create(
                "/api/v1/media",
                Who.SESSION,
                "registers a medium, after a step-up for it",
                NewMedium.class,
                MediumLines.class)
            .with("Idempotency-Key"),
        post(
            "/api/v1/media/dispose",
            Who.SESSION,
            "records that a medium was disposed of, after a step-up for it",
            MediumEnd.class,
            MediumLines.class),
        post(
            "/api/v1/media/lose",
            Who.SESSION,
            "records that a medium is lost, after a step-up for it",
            MediumEnd.class,
            MediumLines.class),
        post(
            "/api/v1/media/check-out",
            Who.SESSION,
            "records that a medium was handed out at the counter",
            MediumLoan.class,
            MediumLines.class),
        post(
            "/api/v1/media/check-in",
            Who.SESSION,
            "records that it is back",
            NamedMedium.class,
            MediumLines.class),
        post(
            "/api/v1/media/count",
            Who.SESSION,
            "compares the media that are there with the register",
            MediaFound.class,
            MediaCounted.class),
        get("/api/v1/deputies", Who.SESSION, "who decides in whose place", DeputyList.class),
        post(
            "/api/v1/absences",
            Who.SESSION,
            "says that an approver is absent",
            NewAbsence.class,
            DeputyList.class),
        post(
            "/api/v1/absences/end",
            Who.SESSION,
            "ends an absence before its time",
            NamedAbsence.class,
            DeputyList.class),
        get(
            "/api/v1/emergencies",
            Who.SESSION,
            "emergency measures that terminals told of",
            EmergencyViews.class),
        post(
            "/api/v1/emergencies/{id}/report",
            Who.SESSION,
            "reports an emergency measure",
            EmergencyReport.class,
            EmergencyView.class),
        post(
            "/api/v1/emergencies/{id}/confirm",
            Who.SESSION,
            "confirms another's report of an emergency measure",
            ConfirmedReport.class,
            EmergencyView.class),
        get("/api/v1/grants/{id}", Who.SESSION, "one exception", GrantView.class)
            .with("If-None-Match"),
        post(
            "/api/v1/grants/{id}/remand",
            Who.SESSION,
            "sends a request back to be mended",
            RemandReason.class,
            GrantView.class),
        post(
            "/api/v1/grants/{id}/correct",
            Who.SESSION,
            "sends a request again, mended",
            NewGrant.class,
            GrantView.class),
        post(
            "/api/v1/grants/{id}/extend",
            Who.SESSION,
            "asks for more time of use",
            MoreTime.class,
            GrantView.class),
        post(
            "/api/v1/grants/{id}/report",
            Who.SESSION,
            "says what became of the use of an occurrence",
            ReportedUse.class,
            GrantView.class),
        post(
            "/api/v1/grants/{id}/hand-over",
            Who.SESSION,
            "says by which receipt the medium was handed over",
            HandedOver.class,
            GrantView.class),
        get(
                "/api/v1/reconciliation",
                Who.SESSION,
                "what does not fit between exceptions and the log",
                ReconciledUses.class)
            .asking("openings", "uses", "all"),
        post(
            "/api/v1/grants/{id}/{step}",
            Who.SESSION,
            "step: reject, withdraw, revoke, return, erase or review",
            null,
            GrantView.class),
        post(
            "/api/v1/passkeys/options",
            Who.SESSION,
            "what a new passkey is made with",
            null,
            PasskeyOptions.class),
        create(
                "/api/v1/passkeys",
                Who.SESSION,
                "registers a passkey",
                NewPasskey.class,
                NamedPasskey.class)
            .with("Idempotency-Key"),
        post(
            "/api/v1/passkeys/remove",
            Who.SESSION,
            "removes one's own passkey",
            NamedPasskey.class,
            NamedPasskey.class),
        post("/api/v1/passkeys/seen", Who.SESSION, "confirms to know the new ones", null, null),
        post(
            "/api/v1/people/check",
            Who.SESSION,
            "a personnel file in words, nothing changed",
            BYTES,
            OrderPreview.class),
        post("/api/v1/people/apply", Who.SESSION, "takes a personnel file", BYTES, OrderNamed.class)
            .with("Idempotency-Key"),
        post(
            "/api/v1/people/undo",
            Who.SESSION,
            "takes a personnel order back",
            OrderNamed.class,
            OrderNamed.class),
        post("/api/v1/desk", Who.SESSION, "an act with a card", DeskRequest.class, DeskReply.class)
            .with("Idempotency-Key"),
        post(
                "/api/v1/desk/pin-reset",
                Who.SESSION,
                "records who reset a PIN",
                PinResetNote.class,
                DeskReply.class)
            .with("Idempotency-Key"),
        get("/api/v1/log/search", Who.SESSION, "entries of a log by conditions", JSON)
            .asking(
                "log",
                "person",
                "terminal",
                "event",
                "outcome",
                "from",
                "until",
                "preset",
                "count",
                "seed",
                "size",
                "generation",
                "before"),
        get("/api/v1/log/export", Who.SESSION, "the offline bundle of a log", ZIP)
            .asking("log", "generation"),
        post(
            "/api/v1/log/export",
            Who.SESSION,
            "the bundle with a sealed table of names",
            NamedExport.class,
            ZIP),
        get("/api/v1/log/export.csv", Who.SESSION, "entries as a table", "text/csv")
            .asking("log", "generation"),
        get("/api/v1/log/export.jsonl", Who.SESSION, "entries as lines", "application/jsonl")
            .asking("log", "generation"),
        get("/api/v1/log/retention", Who.SESSION, "term and legal holds", LogKept.class)
            .asking("log"),
        create("/api/v1/log/holds", Who.SESSION, "sets a legal hold", LogHold.class, LogHold.class)
            .asking("log")
            .with("Idempotency-Key"),
        post(
            "/api/v1/log/holds/lift",
            Who.SESSION,
            "lifts a legal hold",
            LogHold.class,
            LogHold.class),
        get(
            "/log/{log}/{generation}/aged",
            Who.ANYBODY,
            "the checkpoint of a deletion's age",
            TEXT),
        get("/log/{log}/{generation}/checkpoint", Who.ANYBODY, "the newest checkpoint", TEXT),
        get("/log/{log}/{generation}/minimum", Who.ANYBODY, "the signed minimum index", TEXT),
        get(
            "/log/{log}/{generation}/tile/{rest}",
            Who.ANYBODY,
            "hashes; tile/entries/… for the log's auditors only",
            BYTES),
        post(
            "/agent/v1/enroll",
            Who.ANYBODY,
            "enrols a terminal by its ticket",
            EnrollRequest.class,
            EnrollReply.class),
        post(
            "/agent/v1/renew",
            Who.DEVICE,
            "renews a device certificate",
            RenewRequest.class,
            EnrollReply.class),
        post(
            "/agent/v1/transactions/{id}/fetch",
            Who.DEVICE,
            "fetches a question and binds it",
            null,
            TransactionDetails.class),
        post(
            "/agent/v1/events",
            Who.DEVICE,
            "records of the terminal",
            EventBatch.class,
            EventAck.class),
        post(
            "/agent/v1/heartbeat",
            Who.DEVICE,
            "a sign of life",
            Heartbeat.class,
            HeartbeatReply.class),
        get("/agent/v1/policy", Who.DEVICE, "the signed files of the terminal", BYTES)
            .with("If-None-Match"),
        get("/agent/v1/card-trust", Who.DEVICE, "what counts of cards now", CardTrustList.class)
            .with("If-None-Match"),
        get("/agent/v1/card-trust/{name}", Who.DEVICE, "a part of that, by its hash", BYTES),
        get("/agent/v1/logins", Who.DEVICE, "who is logged in there online", OnlineLogins.class),
        get("/agent/v1/grants", Who.DEVICE, "grants of this terminal", GrantList.class),
        post(
            "/agent/v1/grants/{id}/activate",
            Who.DEVICE,
            "begins the use of a grant",
            ActivateRequest.class,
            Activated.class),
        create(
            "/agent/v1/services/transactions",
            Who.SERVICE,
            "asks for a question on behalf of a browser",
            RelyingAsk.class,
            RelyingQuestion.class),
        post(
            "/agent/v1/services/transactions/{id}/answer",
            Who.SERVICE,
            "hands an answer on",
            RelyingAnswer.class,
            RelyingProof.class),
        post(
            "/agent/v1/services/terminals/state",
            Who.SERVICE,
            "what a session's terminal measured of itself",
            RelyingTerminalAsk.class,
            RelyingTerminal.class),
        post(
            "/agent/v1/services/sessions/ended",
            Who.SERVICE,
            "sessions that ended",
            RelyingSessions.class,
            RelyingSessionsEnded.class),
        post(
            "/agent/v1/services/events",
            Who.SERVICE,
            "the service's own events",
            RelyingRecords.class,
            RelyingRecordsTaken.class),
        post(
            "/agent/v1/services/events/held",
            Who.SERVICE,
            "which of these events are not held",
            RelyingEvents.class,
            RelyingEventsMissing.class));
  }
}
