package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import jp.sekisho.protocol.PasskeyAnswer;
import jp.sekisho.protocol.TerminalVoucher;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.virtualauthenticator.Credential;
import org.openqa.selenium.virtualauthenticator.VirtualAuthenticator;

/**
 * Passkeys at one terminal: Chromium with its virtual authenticator, agent and service, all real.
 * Only this test lists that authenticator as a model.
 */
@Tag("pcsc")
@Tag("browser")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PasskeyIT {
  private static final String SESSION = "__Host-sekisho-session";

  static final Path MODEL =
      Path.of("src/test/resources/passkey-models/01020304-0506-0708-0102-030405060708.pem");

  /**
   * Has a passkey sign a challenge on whatever page this runs; calls back with the answer's parts.
   */
  private static final String SIGN =
      """
      const [challenge, done] = arguments;
      const bytes = (t) => Uint8Array.from(atob(t.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
      const text = (b) => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=+$/, "");
      navigator.credentials
        .get({ publicKey: { challenge: bytes(challenge), rpId: "localhost", userVerification: "required" } })
        .then((c) => done([c.rawId, c.response.authenticatorData, c.response.clientDataJSON, c.response.signature, c.response.userHandle].map(text).join(" ")))
        .catch((e) => done(String(e)));
      """;

  @TempDir static Path directory;
  private Town town;
  private int profiles;

  @BeforeAll
  void start() throws IOException {
    town = Town.withConsoleHere(directory);
    town.listPasskeyModel(MODEL);
    town.typePin(Town.PIN);
  }

  @AfterAll
  void stop() {
    town.close();
  }

  private Screen screen(String language) {
    Screen screen = Screen.open(language, directory.resolve("profile" + profiles++));
    screen.go(town.people());
    return screen;
  }

  /** Logs in by card and registers a passkey; one click, PIN, touch. */
  private void register(Screen screen, String language) {
    screen.press("login-button");
    screen.waitForPath("/log");
    screen.go(town.people() + "/authenticators");
    screen.see("passkey-form");
    screen.picture("authenticators-before-" + language);
    assertEquals(List.of(), screen.accessibilityFaults());
    screen.task(
        "register a passkey: button, PIN, Enter, touch",
        () -> {
          screen.press("register-button");
          screen.see("news");
        });
    screen.picture("authenticators-new-" + language);
    assertEquals(List.of(), screen.accessibilityFaults());
  }

  private void logOut(Screen screen) {
    screen.press("logout-button");
    screen.see("passkey-button");
  }

  /** The card is pulled and the passkey unlocks: same session, same text, another cookie. */
  private void unlock(Screen screen) {
    String before = screen.cookie(SESSION);
    screen.fill("passkey-label", "書きかけ");
    town.removeCard();
    screen.see("lock-overlay");
    screen.press("unlock-passkey-button");
    screen.waitGone("lock-overlay");
    assertEquals("書きかけ", screen.script("return document.getElementById('passkey-label').value"));
    assertNotEquals(before, screen.cookie(SESSION));
    town.insert(Town.CLERK);
  }

  /** A step-up by passkey that is broken off: nothing is removed. */
  private static void breakOff(Screen screen, VirtualAuthenticator key) {
    key.setUserVerified(false);
    screen.pressFirst("[data-remove=passkey]");
    screen.seeRefusal("refusal-passkey", "PASSKEY_CANCELLED");
    screen.picture("authenticators-cancelled-en");
    assertEquals(List.of(), screen.accessibilityFaults());
    key.setUserVerified(true);
    screen.go(screen.url());
    assertTrue(screen.source().contains("data-remove=\"passkey\""));
  }

  /** Nobody touches the key: the browser's time is over, by its shortest limit of 10 seconds. */
  private static void untouched(Screen screen, VirtualAuthenticator key) {
    screen.script(
        """
        const ask = navigator.credentials.get.bind(navigator.credentials);
        navigator.credentials.get = ({ publicKey }) => ask({ publicKey: { ...publicKey, timeout: 1 } });
        """);
    screen.touched(key, false);
    screen.press("passkey-button");
    Programs.await(
        "the end of the browser's patience",
        Duration.ofSeconds(80),
        () -> screen.attribute("refusal", "data-code").equals("PASSKEY_CANCELLED"));
    screen.touched(key, true);
  }

  @Test
  void aPersonRegistersAPasskeyLogsInWithItConfirmsWithItAndRemovesIt() {
    town.insert(Town.CLERK);
    try (Screen screen = screen("ja")) {
      screen.plugSecurityKey();
      screen.seeStatus("READY");
      screen.picture("login-passkey-ja");
      assertEquals(List.of(), screen.accessibilityFaults());
      register(screen, "ja");
      unlock(screen);
      logOut(screen);

      int clicks =
          screen.task(
              "login by passkey: button, touch",
              () -> {
                screen.press("passkey-button");
                screen.waitForPath("/authenticators");
              });
      assertEquals(1, clicks);
      screen.press("seen-button");
      screen.waitForPath("/log");
      assertTrue(screen.see("log-table").getText().contains("passkey.registered"));

      screen.go(town.people() + "/authenticators");
      assertTrue(screen.has("news"), "shown for 30 days, confirmed or not");
      screen.picture("authenticators-ja");
      assertEquals(List.of(), screen.accessibilityFaults());
      screen.pressFirst("[data-remove=passkey]");
      screen.waitUntil(
          "the passkey to be gone", () -> !screen.source().contains("data-remove=\"passkey\""));
      logOut(screen);
      screen.press("passkey-button");
      screen.seeRefusal("PASSKEY_UNKNOWN");
      screen.picture("login-passkey-unknown-ja");
      assertEquals(List.of(), screen.accessibilityFaults());
    }
    String lines = town.exportAndVerify("mayor");
    assertTrue(lines.contains("\"attestation\":\"verified\""), lines);
    assertTrue(lines.contains("\"assurance\":\"normal\""), lines);
    for (String type : List.of("agent.vouched", "passkey.registered", "passkey.removed")) {
      assertTrue(lines.contains("\"type\":\"" + type + "\""), type);
    }
    // Pressed in a session that the new passkey itself opened: only an older authenticator
    // confirms.
    assertFalse(lines.contains("\"type\":\"passkey.seen\""), lines);
  }

  @Test
  void aCopiedPasskeyAnotherOriginAndACancelledTouchAreRefusedAndTheCardStillWorks()
      throws IOException {
    town.insert(Town.AUDITOR);
    try (Screen screen = screen("en")) {
      VirtualAuthenticator key = screen.plugSecurityKey();
      register(screen, "en");
      breakOff(screen, key);
      logOut(screen);
      screen.picture("login-passkey-en");

      untouched(screen, key);
      key.setUserVerified(false);
      screen.press("passkey-button");
      screen.seeRefusal("PASSKEY_CANCELLED");
      screen.picture("login-passkey-cancelled-en");
      assertEquals(List.of(), screen.accessibilityFaults());
      key.setUserVerified(true);

      assertEquals("PASSKEY_INVALID", answerFromAnotherOrigin(screen));

      screen.go(town.people());
      screen.press("passkey-button");
      screen.waitForPath("/authenticators");
      logOut(screen);
      copyWithAnOldCounter(key);
      screen.press("passkey-button");
      screen.seeRefusal("PASSKEY_COUNTER");
      screen.picture("login-passkey-counter-en");
      town.awaitEntry("passkey.counter-went-back", "PASSKEY_COUNTER");

      screen.press("login-button");
      screen.waitForPath("/authenticators");
      screen.picture("authenticators-suspended-en");
      assertEquals(List.of(), screen.accessibilityFaults());
    }
  }

  /** A page of another port has the same RP ID; the browser tells its origin. */
  private String answerFromAnotherOrigin(Screen screen) throws IOException {
    Page page = new Page(town.people(), town.agent());
    String transaction = page.newTransaction("login");
    assertEquals("ORIGIN_FOREIGN", page.vouch(transaction, "http://localhost:1").refusal());
    TerminalVoucher voucher = page.vouch(transaction, town.people()).as(TerminalVoucher.class);
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          byte[] body = "<!doctype html><title>other</title>".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    other.start();
    try {
      screen.go("http://localhost:" + other.getAddress().getPort() + "/");
      String[] parts = screen.asyncScript(SIGN, voucher.challenge()).split(" ", -1);
      assertEquals(5, parts.length, String.join(" ", parts));
      return page.postPasskey(
              transaction,
              new PasskeyAnswer(
                  parts[0],
                  parts[1],
                  parts[2],
                  parts[3],
                  parts[4],
                  voucher.statement(),
                  voucher.signature()))
          .refusal();
    } finally {
      other.stop(0);
    }
  }

  private static void copyWithAnOldCounter(VirtualAuthenticator key) {
    Credential credential = key.getCredentials().get(0);
    key.removeAllCredentials();
    key.addCredential(
        Credential.createResidentCredential(
            credential.getId(),
            String.valueOf(credential.getRpId()),
            credential.getPrivateKey(),
            Objects.requireNonNull(credential.getUserHandle()),
            0));
  }
}
