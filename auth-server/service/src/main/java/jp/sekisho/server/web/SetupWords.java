package jp.sekisho.server.web;

import java.util.List;
import java.util.Set;
import jp.sekisho.server.setup.SetupEnd.Lack;
import jp.sekisho.server.setup.SetupEnd.Missing;
import jp.sekisho.server.web.SetupPage.Step;

/** The steps of the first start in words, in the order in which they are done. */
final class SetupWords {
  private SetupWords() {}

  static List<Step> steps(Words words, List<Missing> missing) {
    return List.of(
        step(
            "terminal",
            words.text("web.setup.terminal"),
            words.text("web.setup.terminal.how"),
            words,
            missing,
            Set.of(Lack.NO_TERMINAL),
            false),
        step(
            "organisation",
            words.text("web.setup.organisation"),
            words.text("web.setup.organisation.how"),
            words,
            missing,
            Set.of(Lack.NO_ADMIN, Lack.FEW_PERSONS),
            true),
        step(
            "approver",
            words.text("web.setup.approver"),
            words.text("web.setup.approver.how"),
            words,
            missing,
            Set.of(Lack.NO_APPROVER),
            true),
        step(
            "auditor",
            words.text("web.setup.auditor"),
            words.text("web.setup.auditor.how"),
            words,
            missing,
            Set.of(Lack.NO_AUDITOR),
            true),
        step(
            "officer",
            words.text("web.setup.officer"),
            words.text("web.setup.officer.how"),
            words,
            missing,
            Set.of(Lack.FEW_OFFICERS),
            true),
        step(
            "apart",
            words.text("web.setup.apart"),
            words.text("web.setup.apart.how"),
            words,
            missing,
            Set.of(Lack.SEVERAL_OFFICES),
            true),
        step(
            "cards",
            words.text("web.setup.cards"),
            words.text("web.setup.cards.how"),
            words,
            missing,
            Set.of(Lack.NO_CARD),
            false),
        step(
            "policy",
            words.text("web.setup.policy"),
            words.text("web.setup.policy.how"),
            words,
            missing,
            Set.of(Lack.NO_POLICY),
            false));
  }

  private static Step step(
      String id,
      String title,
      String how,
      Words words,
      List<Missing> missing,
      Set<Lack> lacks,
      boolean people) {
    return new Step(
        id,
        title,
        how,
        missing.stream()
            .filter(one -> lacks.contains(one.lack()))
            .map(one -> said(words, one))
            .toList(),
        people);
  }

  private static String said(Words words, Missing missing) {
    String text =
        switch (missing.lack()) {
          case NO_ADMIN -> words.text("web.setup.no-admin");
          case NO_APPROVER -> words.text("web.setup.no-approver");
          case NO_AUDITOR -> words.text("web.setup.no-auditor");
          case FEW_PERSONS -> words.text("web.setup.few-persons");
          case FEW_OFFICERS -> words.text("web.setup.few-officers");
          case SEVERAL_OFFICES -> words.text("web.setup.several");
          case NO_CARD -> words.text("web.setup.no-card");
          case NO_TERMINAL -> words.text("web.setup.no-terminal");
          case NO_POLICY -> words.text("web.setup.no-policy");
        };
    return text.replace("{about}", missing.about());
  }
}
