package jp.sekisho.keycloak;

import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import jp.sekisho.protocol.RelyingProof;
import jp.sekisho.protocol.RelyingQuestion;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.AuthenticationFlowError;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.authenticators.util.AcrStore;
import org.keycloak.events.Errors;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.AuthenticatorConfigModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserProvider;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * One login's step by card or passkey: asks the service for a transaction, shows the page, hands on
 * the one answer, maps the person to a user.
 *
 * <p>A card is asked on Keycloak's page. A passkey works at the service's own address only, so the
 * browser is sent to its page, which posts the answer back here.
 *
 * <p>Transaction and secret lie in notes of the authentication session, which the browser's cookie
 * and Keycloak's own session code bind; the page gets the transaction's id only, and an answer uses
 * it up whatever becomes of it. Never {@code attempted()} or {@code challenge()}: either would let
 * an alternative step run in this one's place.
 */
final class StepAuthenticator implements Authenticator {
  /** Error of the event when the service gave no answer that could be believed. */
  static final String UNAVAILABLE = "auth_service_unavailable";

  /** Error of the event when it refused; the detail {@code reason} has its code. */
  static final String REFUSED = "card_refused";

  /** Error of the event when no user, or more than one, has the person's number. */
  static final String NO_USER = "card_user_not_found";

  /** Note of a user session: the transaction of its last proof. */
  static final String PROVED = "sekisho.transaction";

  /** Note of a user session: when that was, milliseconds of the service's clock. */
  static final String PROVED_AT = "sekisho.at";

  private static final Logger LOG = Logger.getLogger(StepAuthenticator.class);

  /** Notes of the authentication session, gone with the answer: the question that is open. */
  private static final String TRANSACTION = "sekisho.transaction";

  private static final String SECRET = "sekisho.secret";

  private final boolean passkey;
  private final @Nullable SekishoService service;
  private final String helpLine;

  private StepAuthenticator(boolean passkey, @Nullable SekishoService service, String helpLine) {
    this.passkey = passkey;
    this.service = service;
    this.helpLine = helpLine;
  }

  /** By card and PIN; {@code service}: null when it is not configured. */
  static StepAuthenticator byCard(@Nullable SekishoService service, String helpLine) {
    return new StepAuthenticator(false, service, helpLine);
  }

  /** By a passkey. */
  static StepAuthenticator byPasskey(@Nullable SekishoService service, String helpLine) {
    return new StepAuthenticator(true, service, helpLine);
  }

  @Override
  public void authenticate(AuthenticationFlowContext context) {
    // Whose step-up it is: of failures of nobody only some are in the log.
    context.getEvent().user(context.getUser());
    show(context, null, false);
  }

  @Override
  public void action(AuthenticationFlowContext context) {
    context.getEvent().user(context.getUser());
    AuthenticationSessionModel login = context.getAuthenticationSession();
    String transaction = login.getAuthNote(TRANSACTION);
    String secret = login.getAuthNote(SECRET);
    // First of all: whatever follows, this question is not asked twice.
    login.removeAuthNote(TRANSACTION);
    login.removeAuthNote(SECRET);
    MultivaluedMap<String, String> form = context.getHttpRequest().getDecodedFormParameters();
    String answer = form.getFirst("answer");
    if (form.containsKey("again")) {
      show(context, null, true); // the page was open for longer than a question lives
      return;
    }
    if (service == null) {
      unavailable(context, "not configured");
      return;
    }
    if (transaction == null || secret == null || answer == null || answer.isEmpty()) {
      refused(context, words(context, "TRANSACTION_UNKNOWN", "sekishoUnknown"));
      return;
    }
    service
        .answer(transaction, client(context), session(context), secret, answer, language(context))
        .act(
            proof -> proved(context, proof),
            body -> refused(context, body),
            why -> unavailable(context, why));
  }

  private void proved(AuthenticationFlowContext context, RelyingProof proof) {
    Map<String, String> config = config(context);
    context.getEvent().detail("transaction", proof.transaction());
    boolean low = proof.acr().equals(passkey ? RelyingProof.PASSKEY_LOW : RelyingProof.CARD_LOW);
    if (!low && !proof.acr().equals(passkey ? RelyingProof.PASSKEY : RelyingProof.CARD)) {
      unavailable(context, "the answer is of another method: " + proof.acr());
      return;
    }
    if (low && !Boolean.parseBoolean(config.get(CardAuthenticatorFactory.LOW))) {
      refused(context, words(context, "ASSURANCE_LOW", "sekishoLow"));
      return;
    }
    RealmModel realm = context.getRealm();
    List<UserModel> users = users(context, proof.person());
    if (users.size() != 1) {
      fail(context, NO_USER, "sekishoNoUser", "NOT_ENROLLED");
      return;
    }
    UserModel user = users.get(0);
    UserModel before = context.getUser();
    if (before != null && !before.getId().equals(user.getId())) {
      fail(
          context, Errors.DIFFERENT_USER_AUTHENTICATED, "sekishoOtherUser", "SESSION_OTHER_PERSON");
      return;
    }
    // A lock-out for a while concerns passwords: anybody could keep anybody from their card by it.
    if (!user.isEnabled()
        || (realm.isBruteForceProtected()
            && context.getProtector().isPermanentlyLockedOut(context.getSession(), realm, user))) {
      context.getEvent().user(user);
      fail(context, Errors.USER_DISABLED, "sekishoDisabled", "PERSON_NOT_CURRENT");
      return;
    }
    AuthenticationSessionModel login = context.getAuthenticationSession();
    login.setUserSessionNote(PROVED, proof.transaction());
    login.setUserSessionNote(PROVED_AT, Long.toString(proof.at()));
    login.setUserSessionNote("sekisho.terminal", proof.terminal());
    login.setUserSessionNote("sekisho.acr", proof.acr());
    login.setUserSessionNote("sekisho.amr", String.join(" ", proof.amr()));
    context.getEvent().detail("terminal", proof.terminal());
    context.setUser(user);
    if (realm.isBruteForceProtected()
        && context.getSession().loginFailures().getUserLoginFailure(realm, user.getId()) != null) {
      // Its own success counts for passwords only; a proved card clears the outer net too. Where
      // nothing is counted it would open two transactions to find that out.
      context
          .getProtector()
          .successfulLogin(
              realm, user, context.getConnection(), context.getUriInfo(), Set.of("password"));
    }
    // What is proved here is worth a password, too: flows reckon the levels from the lowest up.
    new AcrStore(context.getSession(), login).setLevelAuthenticated(1);
    context.success(passkey ? PasskeyAuthenticatorFactory.ID : CardAuthenticatorFactory.ID);
  }

  /** Who has the number: one user, or nobody, or more than one. */
  private static List<UserModel> users(AuthenticationFlowContext context, String person) {
    String attribute = attribute(context);
    RealmModel realm = context.getRealm();
    UserProvider users = context.getSession().users();
    if (attribute.equals(UserModel.USERNAME)) {
      // Keycloak keeps it in memory and gives it to one user only, whatever the case of its
      // letters.
      UserModel named = users.getUserByUsername(realm, person);
      return named == null || !person.equals(named.getUsername()) ? List.of() : List.of(named);
    }
    return users
        .searchForUserByUserAttributeStream(realm, attribute, person)
        // What was searched comes from the database, and its attributes by another question there.
        .map(user -> users.getUserById(realm, user.getId()))
        // A database may call two numbers equal that differ by a letter's case.
        .filter(user -> user != null && user.getAttributeStream(attribute).anyMatch(person::equals))
        .limit(2)
        .toList();
  }

  private static String attribute(AuthenticationFlowContext context) {
    return config(context)
        .getOrDefault(
            CardAuthenticatorFactory.ATTRIBUTE, CardAuthenticatorFactory.DEFAULT_ATTRIBUTE);
  }

  /** The page with a new question, and above it what went wrong before. */
  private void show(AuthenticationFlowContext context, @Nullable Refused problem, boolean atOnce) {
    Response page = page(context, problem, atOnce);
    if (page != null) {
      context.forceChallenge(page);
    }
  }

  /** The page; null when the service gave no question, and the login has its error page. */
  private @Nullable Response page(
      AuthenticationFlowContext context, @Nullable Refused problem, boolean atOnce) {
    if (service == null) {
      unavailable(context, "not configured");
      return null;
    }
    if (!(context
                .getSession()
                .getKeycloakSessionFactory()
                .getProviderFactory(EventListenerProvider.class, EventsListenerFactory.ID)
            instanceof EventsListenerFactory events)
        || !events.isHealthy()) {
      // Nobody gets in where what they do would not be told.
      unavailable(context, "events of this server do not reach the log");
      return null;
    }
    if (!service.realm().equals(context.getRealm().getName())) {
      unavailable(context, "realm " + context.getRealm().getName() + " is not the registered one");
      return null;
    }
    if (attribute(context).equals(UserModel.USERNAME)
        && (context.getRealm().isEditUsernameAllowed()
            || context.getRealm().isRegistrationAllowed())) {
      unavailable(context, "the user name cannot be the staff number: people choose their own");
      return null;
    }
    // A refused question, such as too many, is no page either.
    return service
        .ask(
            client(context),
            session(context),
            context.getConnection().getRemoteAddr(),
            passkey ? context.getActionUrl(context.generateAccessCode()).toString() : null,
            language(context))
        .<@Nullable Response>match(
            question -> {
              if ((question.page() == null) == passkey) {
                unavailable(context, "the question is for another method");
                return null;
              }
              return page(context, question, problem, atOnce);
            },
            body -> {
              unavailable(context, "refused " + body.refusal());
              return null;
            },
            why -> {
              unavailable(context, why);
              return null;
            });
  }

  private Response page(
      AuthenticationFlowContext context,
      RelyingQuestion question,
      @Nullable Refused problem,
      boolean atOnce) {
    AuthenticationSessionModel login = context.getAuthenticationSession();
    login.setAuthNote(TRANSACTION, question.transaction());
    login.setAuthNote(SECRET, question.secret());
    String page =
        question.page() == null
            ? null
            : question.page() + "?lang=" + (isJapanese(language(context)) ? "ja" : "en");
    if (page != null && problem == null) {
      return Response.seeOther(URI.create(page)).build();
    }
    LoginFormsProvider form =
        context
            .form()
            .setAttribute("sekishoTransaction", question.transaction())
            .setAttribute("sekishoAtOnce", atOnce)
            .setAttribute("sekishoPage", page == null ? "" : page)
            .setAttribute("sekishoHelp", helpLine);
    if (problem != null) {
      form.setAttribute(
          "sekishoProblem",
          Map.of(
              "code", problem.refusal(),
              "what", problem.text().what(),
              "why", problem.text().why(),
              "action", problem.text().action(),
              "contact", problem.text().contact()));
    }
    return form.createForm(passkey ? "sekisho-passkey.ftl" : "sekisho-card.ftl");
  }

  private void refused(AuthenticationFlowContext context, Refused body) {
    context.getEvent().detail("reason", body.refusal());
    context.getEvent().error(REFUSED);
    again(context, body);
  }

  private void fail(
      AuthenticationFlowContext context, String error, String message, String reason) {
    context.getEvent().detail("reason", reason);
    context.getEvent().error(error);
    again(context, words(context, reason, message));
  }

  /**
   * Refused here and not by the service, so the words are this provider's own. The service's would
   * not do for most: they send the person to the register of cards, which is in order.
   */
  private Refused words(AuthenticationFlowContext context, String reason, String message) {
    LoginFormsProvider form = context.form();
    return new Refused(
        reason,
        new Refused.Text(
            form.getMessage(message + ".what"),
            form.getMessage(message + ".why"),
            form.getMessage(message + ".action"),
            form.getMessage("sekishoContact", helpLine)));
  }

  private void again(AuthenticationFlowContext context, Refused body) {
    Response page = page(context, body, false);
    if (page != null) {
      context.failureChallenge(AuthenticationFlowError.INVALID_CREDENTIALS, page);
    }
  }

  /** Nobody's fault at the terminal: no lock-out count, no other step, no code. */
  private void unavailable(AuthenticationFlowContext context, String why) {
    LOG.errorf("no login by card: %s", why);
    context.getEvent().error(UNAVAILABLE);
    context.forceChallenge(unavailablePage(context, helpLine));
  }

  /**
   * The page of a step or condition that cannot say yes or no. Not by the context's own {@code
   * form()}: its template asks the context for other ways to prove oneself, and that of a condition
   * has no list of them, not even an empty one.
   */
  static Response unavailablePage(AuthenticationFlowContext context, String helpLine) {
    return context
        .getSession()
        .getProvider(LoginFormsProvider.class)
        .setAuthenticationSession(context.getAuthenticationSession())
        .setUser(context.getUser())
        .setError("sekishoUnavailable", helpLine)
        .createErrorPage(Response.Status.SERVICE_UNAVAILABLE);
  }

  static Map<String, String> config(AuthenticationFlowContext context) {
    AuthenticatorConfigModel config = context.getAuthenticatorConfig();
    Map<String, String> values = config == null ? null : config.getConfig();
    return values == null ? Map.of() : values;
  }

  private static Locale language(AuthenticationFlowContext context) {
    return context.getSession().getContext().resolveLocale(context.getUser());
  }

  private static boolean isJapanese(Locale language) {
    return language.getLanguage().equals("ja");
  }

  /** The id that the user session will have. */
  private static String session(AuthenticationFlowContext context) {
    return context.getAuthenticationSession().getParentSession().getId();
  }

  private static String client(AuthenticationFlowContext context) {
    return context.getAuthenticationSession().getClient().getClientId();
  }

  @Override
  public boolean requiresUser() {
    return false;
  }

  /** Whether somebody has a card is the service's to know. */
  @Override
  public boolean configuredFor(KeycloakSession session, RealmModel realm, UserModel user) {
    return true;
  }

  @Override
  public void setRequiredActions(KeycloakSession session, RealmModel realm, UserModel user) {
    // Cards are registered in Sekisho.
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
