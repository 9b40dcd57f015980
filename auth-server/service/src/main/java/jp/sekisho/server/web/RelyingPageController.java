package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.authn.ReturnAddresses;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;

/**
 * {@code /relying/<question>}: where a relying service sends a browser for a passkey ({@code
 * docs/adr/0028-sso-passkey.md}).
 */
@Controller
@Requires(beans = Installation.class)
@ExecuteOn(TaskExecutors.BLOCKING)
final class RelyingPageController {
  private final Pages pages;
  private final ReturnAddresses addresses;
  private final Answers answers;

  RelyingPageController(Pages pages, ReturnAddresses addresses, Answers answers) {
    this.pages = pages;
    this.addresses = addresses;
    this.answers = answers;
  }

  @Get("/relying/{question}")
  @Produces(MediaType.ALL)
  HttpResponse<?> page(HttpRequest<?> request, @PathVariable String question) {
    return addresses
        .find(question)
        .<HttpResponse<?>>map(back ->
            pages.page(
                HttpStatus.OK,
                request,
                "relying.jte",
                "page",
                new RelyingPage(pages.frame(request), question, back)))
        .orElseGet(() -> answers.refuse(Refusal.TRANSACTION_EXPIRED, request));
  }
}
