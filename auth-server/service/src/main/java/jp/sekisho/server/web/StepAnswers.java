package jp.sekisho.server.web;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.listener.Answers;

/** What a person is answered who did a step: the thing as it is now, or why nothing was done. */
final class StepAnswers {
  private StepAnswers() {}

  /**
   * The answer to a step.
   *
   * @param status where it was done
   * @param done a wire record, or the refusal
   */
  static HttpResponse<?> json(
      Answers answers, HttpRequest<?> request, HttpStatus status, Verdict<?> done) {
    return switch (done) {
      case Verdict.Refused<?>(Refusal reason) -> answers.refuse(reason, request);
      case Verdict.Passed<?>(Object wireRecord) -> answers.json(status, wireRecord);
    };
  }
}
