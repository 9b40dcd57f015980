package jp.sekisho.server.grant;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.NewBounds;
import jp.sekisho.protocol.NewExport;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.NewSeries;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RemandReason;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import jp.sekisho.protocol.statement.GrantSeries;
import jp.sekisho.protocol.statement.GrantText;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Standing;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.FreeText;
import jp.sekisho.server.storage.Ids;
import jp.sekisho.server.storage.Transactions;
import jp.sekisho.server.terminal.Terminal;
import jp.sekisho.server.terminal.Terminals;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Takes requests, and ends them and their grants before their use. Each step is one unit with its
 * entry, a refused one too. Thread-safe.
 *
 * <p>Past 400 lines: everything that can be wrong with a request is looked at in one place.
 */
public final class Requests {
  /** Most requests of one person that wait for a decision. */
  public static final int MOST_UNDECIDED = 50;

  private final Transactions transactions;
  private final DossierRepository dossiers;
  private final Shelf shelf;
  private final Media media;
  private final Registers registers;
  private final Limits limits;
  private final Occurrences occurrences;

  /**
   * Who works here, which terminals there are.
   *
   * @param setup whether the first start is not finished: until then nobody asks for anything
   */
  record Registers(Persons persons, Terminals terminals, Predicate<Handle> setup) {}

  Requests(
      Transactions transactions,
      DossierRepository dossiers,
      Shelf shelf,
      Media media,
      Registers registers,
      Limits limits,
      Occurrences occurrences) {
    this.transactions = transactions;
    this.dossiers = dossiers;
    this.shelf = shelf;
    this.media = media;
    this.registers = registers;
    this.limits = limits;
    this.occurrences = occurrences;
  }

  /** A request of the session's person, for somebody of the same 機関. */
  public Verdict<Dossier> request(Session by, NewGrant wanted) {
    return transactions.write(change ->
        switch (newText(change, by, wanted)) {
          case Verdict.Refused<GrantText>(Refusal reason) ->
              Shelf.refuse(change, by, "request", null, reason);
          case Verdict.Passed<GrantText>(GrantText text) -> insert(change, by, text);
        });
  }

  private Verdict<Dossier> insert(Change change, Session by, GrantText asked) {
    Request request = Request.of(by.person(), asked, change.now());
    ExportGrant text = request.text();
    EntryReceipt entry =
        change.record(
            by.subject(),
            new GrantEvent.Requested(
                text.request(),
                asked.detail(),
                text.person(),
                text.terminal(),
                text.medium(),
                text.start().toString(),
                text.end().toString(),
                text.minutes(),
                text.subjects(),
                leaving(text)));
    dossiers.insert(change, entry, request);
    return Verdict.passed(new Dossier(request, null));
  }

  private static GrantEvent.@Nullable Leaving leaving(ExportGrant text) {
    ExportGrant.Export export = text.export();
    ExportGrant.Amount amount = text.amount();
    return amount == null && text.attendant() == null
        ? null
        : new GrantEvent.Leaving(
            text.capability().text(),
            text.attendant(),
            export == null ? null : export.recipient(),
            amount == null ? 0 : amount.files(),
            amount == null ? 0 : amount.bytes());
  }

  private Verdict<GrantText> newText(Change change, Session by, NewGrant wanted) {
    return text(change, by, Ids.next(), wanted)
        .then(text ->
            dossiers.undecided(change.handle(), by.person()) < MOST_UNDECIDED
                ? Verdict.passed(text)
                : Verdict.refused(Refusal.TOO_MANY));
  }

  private Verdict<GrantText> text(Change change, Session by, String id, NewGrant wanted) {
    if (registers.setup().test(change.handle())) {
      return Verdict.refused(Refusal.SETUP_OPEN);
    }
    if (wanted.end() == null || wanted.end().isBlank()) {
      return Verdict.refused(Refusal.GRANT_WITHOUT_END);
    }
    return capability(wanted.capability())
        .then(capability ->
            medium(change, by, wanted, capability)
                .then(about -> text(change, by, id, wanted, about, capability)));
  }

  /**
   * What a request is about.
   *
   * @param medium null where its kind is of none
   */
  private record About(@Nullable Medium medium) {}

  private Verdict<About> medium(Change change, Session by, NewGrant wanted, Capability capability) {
    String id = FreeText.optional(wanted.medium());
    if (!capability.isOfMedium()) {
      return id == null
          ? Verdict.passed(new About(null))
          : Verdict.refused(Refusal.GRANT_INCOMPLETE);
    }
    return (id == null ? Optional.<Medium>empty() : media.find(change.handle(), id))
        .filter(m -> m.usable() && m.organ().equals(by.organ()))
        .map(m -> Verdict.passed(new About(m)))
        .orElseGet(() -> Verdict.refused(Refusal.GRANT_MEDIUM));
  }

  /** Without a word it is reading. */
  private static Verdict<Capability> capability(@Nullable String wanted) {
    if (wanted == null || wanted.isBlank()) {
      return Verdict.passed(Capability.USB_READ);
    }
    try {
      return Verdict.passed(Capability.parse(wanted));
    } catch (MalformedException e) {
      return Verdict.refused(Refusal.GRANT_INCOMPLETE);
    }
  }

  private Verdict<GrantText> text(
      Change change, Session by, String id, NewGrant wanted, About about, Capability capability) {
    Integer minutes = wanted.minutes();
    String start = wanted.start();
    if (minutes == null || start == null || wanted.end() == null) {
      return Verdict.refused(Refusal.GRANT_INCOMPLETE);
    }
    Instant from;
    Instant until;
    try {
      from = OffsetDateTime.parse(start).toInstant();
      until = OffsetDateTime.parse(wanted.end()).toInstant();
    } catch (DateTimeException e) {
      return Verdict.refused(Refusal.GRANT_INCOMPLETE);
    }
    Refusal fault = fault(change, from, until, minutes);
    if (fault != null) {
      return Verdict.refused(fault);
    }
    if (wanted.series() != null
        && (capability != Capability.USB_READ
            || wanted.attendant() != null
            || wanted.export() != null
            || wanted.bounds() != null)) {
      return Verdict.refused(Refusal.GRANT_BY_TWO);
    }
    String attendant = FreeText.optional(wanted.attendant());
    if (attendant != null && attendant.equals(wanted.person())) {
      return Verdict.refused(Refusal.GRANT_ATTENDANT);
    }
    Verdict<Passes> passes = passes(capability, attendant, wanted);
    if (passes instanceof Verdict.Refused<Passes>(Refusal reason)) {
      return Verdict.refused(reason);
    }
    Medium medium = about.medium();
    ExportGrant text;
    try {
      text =
          new ExportGrant(
              id,
              by.organ(),
              wanted.person(),
              wanted.terminal(),
              capability,
              medium == null ? null : medium.id(),
              medium == null ? null : medium.fingerprint(),
              FreeText.normal(wanted.reason()),
              FreeText.optional(wanted.document()),
              FreeText.optional(wanted.legalBasis()),
              FreeText.optional(wanted.providedTo()),
              wanted.subjects(),
              from,
              until,
              minutes,
              attendant,
              ((Verdict.Passed<Passes>) passes).proof().amount());
    } catch (IllegalArgumentException e) {
      return Verdict.refused(Refusal.GRANT_INCOMPLETE);
    }
    Refusal obstacle = obstacle(change, text);
    if (obstacle != null) {
      return Verdict.refused(obstacle);
    }
    NewSeries repeated = wanted.series();
    return repeated == null ? Verdict.passed(text) : series(change, text, repeated);
  }

  /**
   * @param amount null where a medium is only read
   */
  private record Passes(ExportGrant.@Nullable Amount amount) {}

  /** How much passes, as the text will have it; said by name what is wrong with it. */
  private static Verdict<Passes> passes(
      Capability capability, @Nullable String attendant, NewGrant wanted) {
    NewExport export = wanted.export();
    NewBounds bounds = wanted.bounds();
    return switch (capability) {
      case USB_READ ->
          export == null && bounds == null
              ? Verdict.passed(new Passes(null))
              : Verdict.refused(Refusal.GRANT_EXPORT);
      case USB_EXPORT_ENCRYPTED, EXPORT_PLAIN ->
          bounds == null
              ? leaves(capability, attendant, export)
              : Verdict.refused(Refusal.GRANT_EXPORT);
      case MEDIA_IMPORT, CLIPBOARD ->
          export == null && bounds != null && (bounds.files() == 0) != isImport(capability)
              ? bounded(bounds)
              : Verdict.refused(Refusal.GRANT_EXPORT);
    };
  }

  private static boolean isImport(Capability capability) {
    return capability == Capability.MEDIA_IMPORT;
  }

  private static Verdict<Passes> bounded(NewBounds wanted) {
    try {
      return Verdict.passed(new Passes(new ExportGrant.Bounds(wanted.files(), wanted.bytes())));
    } catch (IllegalArgumentException e) {
      return Verdict.refused(Refusal.GRANT_EXPORT);
    }
  }

  private static Verdict<Passes> leaves(
      Capability capability, @Nullable String attendant, @Nullable NewExport wanted) {
    boolean plain = capability == Capability.EXPORT_PLAIN;
    if (plain && attendant == null) {
      return Verdict.refused(Refusal.GRANT_ATTENDANT);
    }
    if (wanted == null) {
      return Verdict.refused(Refusal.GRANT_EXPORT);
    }
    List<String> names =
        wanted.names() == null ? List.of() : wanted.names().stream().map(FreeText::normal).toList();
    if (names.size() != (plain ? wanted.files() : 0)) {
      return Verdict.refused(Refusal.GRANT_EXPORT);
    }
    try {
      return Verdict.passed(
          new Passes(
              new ExportGrant.Export(wanted.recipient(), wanted.files(), wanted.bytes(), names)));
    } catch (IllegalArgumentException e) {
      return Verdict.refused(Refusal.GRANT_EXPORT);
    }
  }

  private Verdict<GrantText> series(Change change, ExportGrant first, NewSeries wanted) {
    if (limits.needsTwo(change.handle(), first)) {
      return Verdict.refused(Refusal.GRANT_BY_TWO);
    }
    List<String> rota = new ArrayList<>(List.of(first.person()));
    rota.addAll(wanted.others() == null ? List.of() : wanted.others());
    GrantSeries series;
    try {
      series =
          new GrantSeries(first, GrantSeries.Repeat.parse(wanted.repeat()), wanted.count(), rota);
    } catch (MalformedException e) {
      return Verdict.refused(Refusal.GRANT_INCOMPLETE);
    } catch (IllegalArgumentException e) {
      return Verdict.refused(Refusal.GRANT_SERIES);
    }
    if (!rota.stream().allMatch(person -> isCurrent(change, person, first.organ()))) {
      return Verdict.refused(Refusal.GRANT_PERSON);
    }
    Refusal limit = limits.obstacle(change.handle(), series);
    return limit == null ? Verdict.passed(series) : Verdict.refused(limit);
  }

  private boolean isCurrent(Change change, String person, String organ) {
    return registers.persons().currentIn(change.handle(), person, organ, change.now())
        instanceof Standing.Current;
  }

  /** Says of limits what is wrong by name, before the text's own bounds say only that it is. */
  private @Nullable Refusal fault(Change change, Instant from, Instant until, int minutes) {
    if (!until.isAfter(from) || !until.isAfter(change.now())) {
      return Refusal.GRANT_PERIOD;
    }
    return limits.obstacle(change.handle(), minutes, Duration.between(from, until));
  }

  private @Nullable Refusal obstacle(Change change, ExportGrant text) {
    if (holdsNumber(text)) {
      return Refusal.GRANT_CONTENT;
    }
    if (!isCurrent(change, text.person(), text.organ())) {
      return Refusal.GRANT_PERSON;
    }
    boolean terminal =
        registers
            .terminals()
            .find(change.handle(), text.terminal())
            .filter(t -> t.state() == Terminal.State.ACTIVE && t.organ().equals(text.organ()))
            .isPresent();
    if (!terminal) {
      return Refusal.GRANT_TERMINAL;
    }
    String attendant = text.attendant();
    return attendant == null || isCurrent(change, attendant, text.organ())
        ? limits.asked(change.handle(), text)
        : Refusal.GRANT_ATTENDANT;
  }

  /** A 個人番号 has no place in a text that is shown, signed and kept. */
  private static boolean holdsNumber(ExportGrant text) {
    List<@Nullable String> parts = new ArrayList<>();
    Collections.addAll(parts, text.reason(), text.document(), text.legalBasis(), text.providedTo());
    ExportGrant.Export export = text.export();
    if (export != null) {
      parts.addAll(export.names());
    }
    for (String part : parts) {
      if (FreeText.holdsNumber(part)) {
        return true;
      }
    }
    return false;
  }

  private Verdict<Dossier> rejectExtension(
      Change change, Session by, Dossier dossier, Extension waiting) {
    String represented = shelf.represented(change, by, dossier);
    EntryReceipt entry =
        change.record(
            by.subject(),
            new GrantEvent.ExtensionRejected(dossier.id(), waiting.text().detail(), represented));
    shelf.represent(change, entry, by, Step.REJECT, dossier, represented);
    dossiers.update(change, entry, waiting.rejected(change.now(), by.person()));
    return Verdict.passed(dossiers.find(change.handle(), dossier.id()).orElseThrow());
  }

  /** 差戻し by an approver: what was asked for is not decided, who asked has to mend it. */
  public Verdict<Dossier> remand(Session by, String id, RemandReason said) {
    return transactions.write(change ->
        shelf
            .take(change, by, Step.REMAND, id)
            .then(dossier -> {
              String reason = FreeText.normal(said.reason());
              Refusal fault = fault(reason);
              if (fault != null) {
                return Shelf.refuse(change, by, Step.REMAND.text(), id, fault);
              }
              Request remanded =
                  dossier.request().remanded(new Request.Remand(change.now(), by.person(), reason));
              String represented = shelf.represented(change, by, dossier);
              EntryReceipt entry =
                  change.record(
                      by.subject(),
                      new GrantEvent.Remanded(
                          id, dossier.request().signed().detail(), represented));
              shelf.represent(change, entry, by, Step.REMAND, dossier, represented);
              dossiers.update(change, entry, remanded);
              return Verdict.passed(new Dossier(remanded, null));
            }));
  }

  /** What is wrong with words that somebody wrote beside an exception; null for nothing. */
  static @Nullable Refusal fault(String reason) {
    return FreeText.fault(reason, ExportGrant.isReason(reason), Refusal.GRANT_INCOMPLETE);
  }

  /** Sends a request again that was sent back, mended; its id stays, its text is another. */
  public Verdict<Dossier> correct(Session by, String id, NewGrant wanted) {
    return transactions.write(change ->
        shelf
            .take(change, by, Step.CORRECT, id)
            .then(dossier ->
                switch (text(change, by, id, wanted)) {
                  case Verdict.Refused<GrantText>(Refusal reason) ->
                      Shelf.refuse(change, by, Step.CORRECT.text(), id, reason);
                  case Verdict.Passed<GrantText>(GrantText text) ->
                      corrected(change, by, dossier.request().corrected(text));
                }));
  }

  private Verdict<Dossier> corrected(Change change, Session by, Request request) {
    ExportGrant text = request.text();
    EntryReceipt entry =
        change.record(
            by.subject(),
            new GrantEvent.Corrected(
                text.request(),
                request.signed().detail(),
                text.person(),
                text.terminal(),
                text.medium(),
                text.start().toString(),
                text.end().toString(),
                text.minutes(),
                text.subjects(),
                leaving(text)));
    dossiers.update(change, entry, request);
    return Verdict.passed(new Dossier(request, null));
  }

  /** 却下, by an approver, of a request or of the extension that waits. */
  public Verdict<Dossier> reject(Session by, String id) {
    return transactions.write(change ->
        shelf
            .take(change, by, Step.REJECT, id)
            .then(dossier -> {
              Extension waiting = dossier.waiting();
              if (waiting != null) {
                return rejectExtension(change, by, dossier, waiting);
              }
              Request rejected =
                  dossier.request().decided(RequestState.REJECTED, change.now(), by.person());
              String represented = shelf.represented(change, by, dossier);
              EntryReceipt entry =
                  change.record(by.subject(), new GrantEvent.Rejected(id, represented));
              shelf.represent(change, entry, by, Step.REJECT, dossier, represented);
              dossiers.update(change, entry, rejected);
              return Verdict.passed(new Dossier(rejected, null));
            }));
  }

  /** 取下げ, by who asked; of an approved one too while it is unused. */
  public Verdict<Dossier> withdraw(Session by, String id) {
    return transactions.write(change ->
        shelf
            .take(change, by, Step.WITHDRAW, id)
            .then(dossier -> {
              EntryReceipt entry = change.record(by.subject(), new GrantEvent.Withdrawn(id));
              Grant grant = dossier.grant();
              if (grant != null) {
                return end(change, by, entry, dossier, grant, GrantState.WITHDRAWN);
              }
              Request withdrawn =
                  dossier.request().decided(RequestState.WITHDRAWN, change.now(), by.person());
              dossiers.update(change, entry, withdrawn);
              return Verdict.passed(new Dossier(withdrawn, null));
            }));
  }

  /**
   * 取消し of an approved or active one, by an approver or administrator; of one that the first of two
   * approved, too, which is rejected with it.
   */
  public Verdict<Dossier> revoke(Session by, String id) {
    return transactions.write(change ->
        shelf
            .take(change, by, Step.REVOKE, id)
            .then(dossier -> {
              Grant grant = dossier.grant();
              EntryReceipt entry = change.record(by.subject(), new GrantEvent.Revoked(id));
              if (grant == null) {
                Request over =
                    dossier.request().decided(RequestState.REJECTED, change.now(), by.person());
                dossiers.update(change, entry, over);
                return Verdict.passed(new Dossier(over, null));
              }
              return end(change, by, entry, dossier, grant, GrantState.REVOKED);
            }));
  }

  private Verdict<Dossier> end(
      Change change, Session by, EntryReceipt entry, Dossier dossier, Grant grant, GrantState how) {
    Grant ended = grant.ended(how, change.now());
    dossiers.update(change, entry, ended);
    if (dossier.request().isSeries()) {
      occurrences.end(change, by.subject(), dossier, how.text());
    }
    return Verdict.passed(dossier.with(ended));
  }
}
