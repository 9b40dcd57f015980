package jp.sekisho.server.cli;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.server.person.Directory;
import jp.sekisho.server.person.PersonDiff;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.person.RowFault;

/** Says in words, or in JSON, what {@code person} found and did. */
final class PersonReport {
  private final Console console;
  private final Texts texts;
  private final PersonWords words;

  PersonReport(Console console) {
    this.console = console;
    this.texts = Texts.of(Console.class, console.locale());
    this.words = new PersonWords(console.locale());
  }

  Texts texts() {
    return texts;
  }

  /** A file that was taken, or would be. */
  void done(PersonImport.Outcome.Done done, boolean dryRun) {
    if (console.json()) {
      json(done, dryRun);
      return;
    }
    for (PersonDiff person : done.changed()) {
      console.out().println(words.head(person));
      for (PersonDiff.Step step : person.steps()) {
        console.out().println("  " + words.step(step));
      }
    }
    console
        .out()
        .println(
            texts.say(
                dryRun ? "person.would" : "person.done", done.changed().size(), done.unchanged()));
    LocalDate effective = done.effective();
    if (effective != null) {
      console.out().println(texts.say("person.effective", effective));
    }
    String order = done.order();
    if (order != null) {
      console.out().println(texts.say("person.order-made", order));
    }
    gaps(done.gaps());
  }

  private void json(PersonImport.Outcome.Done done, boolean dryRun) {
    Map<String, Object> object = new TreeMap<>();
    object.put("changed", (long) done.changed().size());
    object.put("unchanged", (long) done.unchanged());
    object.put("dryRun", dryRun);
    String order = done.order();
    if (order != null) {
      object.put("order", order);
    }
    LocalDate effective = done.effective();
    if (effective != null) {
      object.put("effective", effective.toString());
    }
    List<Map<String, Object>> persons = new ArrayList<>();
    for (PersonDiff person : done.changed()) {
      List<Map<String, Object>> steps = new ArrayList<>();
      person
          .steps()
          .forEach(step -> steps.add(Map.of("step", step.code().name(), "values", step.values())));
      persons.add(Map.of("number", person.number(), "added", person.added(), "steps", steps));
    }
    object.put("persons", persons);
    object.put("gaps", faults(done.gaps()));
    Json.printLarge(console.out(), object);
  }

  private static List<Map<String, Object>> faults(List<RowFault> faults) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (RowFault fault : faults) {
      list.add(
          Map.of(
              "line",
              fault.line(),
              "column",
              (long) fault.column(),
              "code",
              fault.code().name(),
              "values",
              fault.values()));
    }
    return list;
  }

  /** What is wrong, on standard error; in JSON on standard output as well. */
  void refused(List<RowFault> faults) {
    if (console.json()) {
      Json.printLarge(console.out(), Map.of("refused", faults(faults)));
    }
    for (RowFault fault : faults) {
      console.err().println(words.fault(fault));
    }
  }

  /** An order that stays, because without it these offices would run empty. */
  void understaffed(String order, List<RowFault> faults) {
    if (console.json()) {
      Json.printLarge(
          console.out(), Map.of("refused", "UNDERSTAFFED", "understaffed", faults(faults)));
    }
    console.err().println(texts.say("person.undo.understaffed", order));
    for (RowFault fault : faults) {
      String text = texts.say("person.undo." + fault.code(), fault.values().toArray());
      console.err().println(texts.say("person.fault-file", 0, 0, text, fault.code()));
    }
  }

  /** Offices that run empty by themselves, on standard error. */
  void gaps(List<RowFault> gaps) {
    for (RowFault gap : gaps) {
      console.err().println(words.gap(gap));
    }
  }

  /** Persons of a day. */
  void listed(LocalDate day, List<Directory.Listed> persons) {
    if (console.json()) {
      List<Map<String, Object>> list = new ArrayList<>();
      for (Directory.Listed person : persons) {
        List<Map<String, Object>> posts = new ArrayList<>();
        for (int i = 0; i < person.posts().size(); i++) {
          Map<String, Object> post = held(person.posts().get(i));
          post.put("kind", person.kinds().get(i).name());
          post.put("appointment", person.appointments().get(i).name());
          posts.add(post);
        }
        list.add(
            Map.of(
                "number",
                person.number(),
                "name",
                person.name(),
                "posts",
                posts,
                "roles",
                person.roles().stream().map(PersonReport::held).toList()));
      }
      Json.printLarge(console.out(), Map.of("day", day.toString(), "persons", list));
      return;
    }
    for (Directory.Listed person : persons) {
      console.out().println(texts.say("person.listed", person.number(), person.name()));
      for (int i = 0; i < person.posts().size(); i++) {
        Directory.Held post = person.posts().get(i);
        console
            .out()
            .println(
                texts.say(
                    "person.listed.post",
                    texts.say("person.kind." + person.kinds().get(i)),
                    post.organ(),
                    post.division(),
                    post.what(),
                    texts.say("person.appointment." + person.appointments().get(i)),
                    post.validity().from(),
                    last(post)));
      }
      for (Directory.Held role : person.roles()) {
        console
            .out()
            .println(
                texts.say(
                    "person.listed.role",
                    role.organ(),
                    texts.say("person.role." + role.what()),
                    role.validity().from(),
                    last(role)));
      }
    }
    console.out().println(texts.say("person.listed.all", day, persons.size()));
  }

  private String last(Directory.Held held) {
    return held.validity().until().equals(jp.sekisho.server.person.Validity.OPEN_END)
        ? texts.say("person.no-end")
        : held.validity().until().toString();
  }

  private static Map<String, Object> held(Directory.Held held) {
    Map<String, Object> map = new TreeMap<>();
    map.put("organ", held.organ());
    map.put("division", held.division());
    map.put("what", held.what());
    map.put("from", held.validity().from().toString());
    map.put("until", held.validity().until().toString());
    return map;
  }
}
