package jp.sekisho.server.grant;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import jp.sekisho.protocol.ActivateRequest;
import jp.sekisho.protocol.Activated;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.GrantList;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.OfferedApproval;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.grant.DossierRepository.Listed;
import jp.sekisho.server.grant.Grant.Use;
import jp.sekisho.server.listener.PerMinute;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Ids;
import jp.sekisho.server.storage.Transactions;
import jp.sekisho.server.terminal.Terminal;
import org.jspecify.annotations.Nullable;

/**
 * The terminals' side: what is offered to them, and the one activation of each grant. The answer
 * leaves only after row and entry are durable. Thread-safe.
 */
public final class Activations {
  private static final String STEP = "activate";

  private final Transactions transactions;
  private final DossierRepository dossiers;
  private final Media media;
  private final Sessions sessions;
  private final Occurrences occurrences;
  private final Limits limits;
  private final PerMinute bound = new PerMinute();
  private final TamperedRows tampered;

  Activations(
      Transactions transactions,
      DossierRepository dossiers,
      Media media,
      Sessions sessions,
      Occurrences occurrences,
      Limits limits) {
    this.transactions = transactions;
    this.dossiers = dossiers;
    this.media = media;
    this.sessions = sessions;
    this.occurrences = occurrences;
    this.limits = limits;
    this.tampered = new TamperedRows(transactions);
  }

  /**
   * The approved and active grants of a terminal whose time is not over, the occurrences of series
   * among them and not the series. One whose row was tampered with, or the first of whose two
   * approvals is no card's, is not among them, so the terminal closes what it opened under it; the
   * others stay, and what was revoked is missed by the terminal as ever.
   */
  public GrantList offers(Terminal terminal, Instant now) {
    Listed found = transactions.read(handle -> dossiers.ofTerminal(handle, terminal.id()));
    found.tampered().forEach(tampered::report);
    return new GrantList(
        found.sound().stream()
            .filter(dossier -> !dossier.request().isSeries() && now.isBefore(over(dossier)))
            .filter(dossier -> isSigned(dossier.request()))
            .map(Activations::offer)
            .toList());
  }

  /** Whether the first of two approvals, where there are two, is a card's of this text. */
  private static boolean isSigned(Request request) {
    Request.First first = request.first();
    return first == null || first.isOf(request.signed());
  }

  private static Instant over(Dossier dossier) {
    Grant grant = dossier.grant();
    Use use = grant == null ? null : grant.use();
    return use == null ? dossier.text().end() : use.deadline();
  }

  private static GrantOffer offer(Dossier dossier) {
    Grant grant = dossier.grant();
    if (grant == null) {
      throw new IllegalStateException("an offer without its approval");
    }
    Use use = grant.use();
    return new GrantOffer(
        grant.id(),
        Base64Url.encode(dossier.request().signed().bytes()),
        Base64Url.encode(grant.statement()),
        Base64Url.encode(grant.signature()),
        Base64Url.encode(grant.spki()),
        grant.state().text(),
        use == null ? null : use.at().toString(),
        extension(dossier.extension()),
        confirmation(dossier.confirmation()),
        second(dossier.request()));
  }

  /** The approval beside the grant's own where two are needed: the one that came first. */
  private static @Nullable OfferedApproval second(Request request) {
    Request.First first = request.first();
    return first == null ? null : offered(request.signed().bytes(), first.approval());
  }

  private static @Nullable OfferedApproval confirmation(@Nullable Confirmation confirmation) {
    return confirmation == null
        ? null
        : offered(confirmation.text().bytes(), confirmation.approval());
  }

  private static OfferedApproval offered(byte[] text, Extension.Approval approval) {
    return new OfferedApproval(
        Base64Url.encode(text),
        Base64Url.encode(approval.statement()),
        Base64Url.encode(approval.signature()),
        Base64Url.encode(approval.spki()));
  }

  private static @Nullable OfferedApproval extension(@Nullable Extension extension) {
    Extension.Approval approval = extension == null ? null : extension.approval();
    return extension == null || approval == null
        ? null
        : offered(extension.text().bytes(), approval);
  }

  /** Whether every part of a request has its form. */
  public static boolean wellFormed(ActivateRequest request) {
    try {
      return Base64Url.decode(request.nonce(), 32).length == 32
          && Base64Url.decode(request.boot(), 16).length == 16
          && (request.fingerprint() == null
              || Base64Url.decode(request.fingerprint(), 32).length == 32);
    } catch (MalformedException e) {
      return false;
    }
  }

  /**
   * Activates grant {@code id}, or answers its first activation again to the same nonce.
   *
   * @param terminal as the agents' port identified it
   * @param request well formed
   */
  public Verdict<Activated> activate(Terminal terminal, String id, ActivateRequest request) {
    PerMinute.Call call = bound.call();
    return transactions.write(change -> {
      Optional<Dossier> found =
          Ids.isId(id) ? dossiers.find(change.handle(), id) : Optional.empty();
      Refusal obstacle =
          found.isEmpty()
              ? Refusal.GRANT_UNKNOWN
              : obstacle(change, terminal, found.get(), request);
      if (obstacle != null) {
        return refuse(change, call, terminal, id, obstacle);
      }
      return activate(change, terminal, found.orElseThrow(), request);
    });
  }

  private @Nullable Refusal obstacle(
      Change change, Terminal terminal, Dossier dossier, ActivateRequest request) {
    Grant grant = dossier.grant();
    if (grant == null
        || dossier.request().isSeries()
        || !dossier.request().organ().equals(terminal.organ())) {
      return Refusal.GRANT_UNKNOWN;
    }
    if (!grant.terminal().equals(terminal.id())) {
      return Refusal.GRANT_ELSEWHERE;
    }
    Refusal state =
        switch (grant.state()) {
          case APPROVED, ACTIVE -> null;
          case USED, EXPIRED -> Refusal.GRANT_OVER;
          case CLOSED, WITHDRAWN, REVOKED -> Refusal.GRANT_DECIDED;
        };
    if (state != null) {
      return state;
    }
    if (!change.now().isBefore(over(dossier))) {
      return Refusal.GRANT_OVER;
    }
    if (change.now().isBefore(dossier.text().start())) {
      return Refusal.GRANT_EARLY;
    }
    Use use = grant.use();
    if (use != null && !use.nonce().equals(request.nonce())) {
      return Refusal.GRANT_ACTIVATED;
    }
    Refusal stopped = occurrences.obstacle(change.handle(), dossier, change.now());
    Refusal rules = stopped == null ? rules(change, dossier) : stopped;
    return rules == null ? here(change, terminal, dossier, request) : rules;
  }

  /**
   * What the terminal will ask again itself: the rules as they are now. An occurrence was approved
   * by who approved its series.
   */
  private @Nullable Refusal rules(Change change, Dossier dossier) {
    Request asked = dossier.request();
    String last = asked.decidedBy();
    if (last == null) {
      return null;
    }
    if (!isSigned(asked)) {
      return Refusal.APPROVAL_FIRST;
    }
    Request.First first = asked.first();
    return limits.approved(
        change.handle(),
        dossier.text(),
        first == null ? List.of(last) : List.of(first.person(), last));
  }

  /**
   * The right medium, or none where the text names none, and the right person logged in at this
   * terminal under this boot.
   */
  private @Nullable Refusal here(
      Change change, Terminal terminal, Dossier dossier, ActivateRequest request) {
    if (!Objects.equals(dossier.text().fingerprint(), request.fingerprint())) {
      return Refusal.MEDIUM_OTHER;
    }
    String id = dossier.text().medium();
    boolean registered =
        id == null
            || media
                .find(change.handle(), id)
                .filter(one -> one.usable() && one.fingerprint().equals(request.fingerprint()))
                .isPresent();
    if (!registered) {
      return Refusal.GRANT_MEDIUM;
    }
    return session(change, terminal, dossier)
            .filter(session -> session.boot().equals(request.boot()))
            .isPresent()
        ? null
        : Refusal.GRANT_NO_SESSION;
  }

  private Optional<Session> session(Change change, Terminal terminal, Dossier dossier) {
    return sessions.activeAt(change.handle(), terminal.id(), dossier.text().person(), change.now());
  }

  private Verdict<Activated> activate(
      Change change, Terminal terminal, Dossier dossier, ActivateRequest request) {
    Grant grant = dossier.grant();
    Session session = session(change, terminal, dossier).orElse(null);
    if (grant == null || session == null) {
      throw new IllegalStateException("an activation passed without grant or session");
    }
    Use earlier = grant.use();
    if (earlier != null) {
      change.unchanged();
      return answer(earlier);
    }
    Use use = new Use(change.now(), request.nonce(), dossier.text().deadline(change.now()));
    EntryReceipt entry =
        change.record(
            session.subject(),
            new GrantEvent.Activated(
                grant.id(),
                dossier.text().medium(),
                request.fingerprint(),
                use.deadline().toString()));
    dossiers.update(change, entry, grant.activated(use));
    return answer(use);
  }

  private static Verdict<Activated> answer(Use use) {
    return Verdict.passed(
        new Activated(use.nonce(), use.at().toString(), use.deadline().toString()));
  }

  /** An agent that asks again and again writes one entry a minute. */
  private static Verdict<Activated> refuse(
      Change change, PerMinute.Call call, Terminal terminal, String id, Refusal reason) {
    if (call.first(terminal.id() + ' ' + id + ' ' + reason, change.now())) {
      Entry.Subject subject = terminal.subject();
      change.record(subject, new GrantEvent.Refused(STEP, Ids.isId(id) ? id : null, reason));
    } else {
      change.unchanged();
    }
    return Verdict.refused(reason);
  }
}
