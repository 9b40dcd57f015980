package jp.sekisho.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jp.sekisho.server.person.PersonDiff;
import jp.sekisho.server.person.RowFault;

/**
 * What a personnel file changes, or why it may not, in words: the same on the console and on the
 * page. Immutable.
 */
public final class PersonWords {
  private final Texts texts;

  public PersonWords(Locale locale) {
    this.texts = Texts.of(Console.class, locale);
  }

  /** Who, and whether new. */
  public String head(PersonDiff person) {
    return texts.say(person.added() ? "person.added" : "person.updated", person.number());
  }

  /** One step. */
  public String step(PersonDiff.Step step) {
    List<String> said = new ArrayList<>(step.values());
    switch (step.code()) {
      case POST_BEGINS, POST_ENDS, POST_EXTENDED, POST_DROPPED -> {
        said.set(3, texts.say("person.kind." + said.get(3)));
        said.set(4, texts.say("person.appointment." + said.get(4)));
        said.set(6, last(said.get(6)));
      }
      case ROLE_BEGINS, ROLE_ENDS, ROLE_EXTENDED, ROLE_DROPPED -> {
        said.set(1, texts.say("person.role." + said.get(1)));
        said.set(3, last(said.get(3)));
        said.set(4, said.get(4).isEmpty() ? "" : texts.say("person.lent", said.get(4)));
      }
      case CONTRACT -> said.set(3, texts.say("person.subcontract." + said.get(3)));
      case NAME -> said.set(0, said.get(0).isEmpty() ? "—" : said.get(0));
    }
    return texts.say("person.step." + step.code(), said.toArray());
  }

  private String last(String day) {
    return day.isEmpty() ? texts.say("person.no-end") : day;
  }

  /** What is wrong, with line and column. */
  public String fault(RowFault fault) {
    String text = texts.say("person.fault." + fault.code(), fault.values().toArray());
    String place =
        fault.line() == 0
            ? "person.fault-file"
            : fault.column() == 0 ? "person.fault-line" : "person.fault";
    return texts.say(place, fault.line(), fault.column(), text, fault.code());
  }

  /** An office that runs empty by itself. */
  public String gap(RowFault gap) {
    return texts.say("person.gap." + gap.code(), gap.values().toArray());
  }

  /** What would be missing without an order that is to be undone. */
  public String understaffed(RowFault fault) {
    return texts.say("person.undo." + fault.code(), fault.values().toArray());
  }

  /** 本務 or 併任. */
  public String kind(String kind) {
    return texts.say("person.kind." + kind);
  }

  /** 任用区分. */
  public String appointment(String appointment) {
    return texts.say("person.appointment." + appointment);
  }

  /** 役割. */
  public String role(String role) {
    return texts.say("person.role." + role);
  }
}
