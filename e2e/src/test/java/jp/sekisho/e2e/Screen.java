package jp.sekisho.e2e;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.openqa.selenium.virtualauthenticator.VirtualAuthenticator;
import org.openqa.selenium.virtualauthenticator.VirtualAuthenticatorOptions;

/** A clerk's headless Chromium at a terminal of 1366×768. */
final class Screen implements AutoCloseable {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path CHROMEDRIVER = Path.of("/usr/bin/chromedriver");
  private static final Path PICTURES = Path.of("target", "screenshots");

  private final ChromeDriver driver;
  private final WebDriverWait wait;
  private final Runnable end;
  private int clicks;

  private Screen(ChromeDriver driver, Runnable end) {
    this.driver = driver;
    this.end = end;
    driver.manage().window().setSize(new Dimension(1366, 768));
    this.wait = new WebDriverWait(driver, Duration.ofSeconds(20), Duration.ofMillis(50));
    // While a page gives way to the next, an element may be of neither; ChromeDriver says so in
    // several ways. A wait that ends in vain names the last one as its cause.
    this.wait.ignoring(WebDriverException.class);
  }

  /** Opens a browser with a fresh profile; {@code language} is what it asks pages for. */
  static Screen open(String language, Path profile) {
    return open(language, profile, CHROMEDRIVER);
  }

  /**
   * As {@link #open}, in another network: the browser takes addresses for what {@code spaces} says,
   * such as {@code 127.0.0.1:8080=public}, and obeys the enterprise policy {@code policy}.
   *
   * @param policy as administrators write it, JSON
   */
  static Screen openManaged(String language, Path profile, String spaces, String policy)
      throws IOException {
    Path file = Files.writeString(profile.resolveSibling(profile.getFileName() + ".json"), policy);
    Path driver = profile.resolveSibling(profile.getFileName() + ".sh");
    // Chromium reads policies from one fixed place: this one finds its own there, nobody else does.
    Files.writeString(
        driver,
        """
        #!/bin/sh
        exec unshare --mount sh -ec '
          mount -t tmpfs none /etc/chromium
          mkdir -p /etc/chromium/policies/managed
          cp "$0" /etc/chromium/policies/managed/test.json
          driver=$1
          shift
          exec "$driver" "$@"' '@POLICY@' '@DRIVER@' "$@"
        """
            .replace("@POLICY@", file.toString())
            .replace("@DRIVER@", CHROMEDRIVER.toString()));
    Files.setPosixFilePermissions(driver, PosixFilePermissions.fromString("rwxr-xr-x"));
    return open(language, profile, driver, "--ip-address-space-overrides=" + spaces);
  }

  private static Screen open(String language, Path profile, Path program, String... more) {
    if (!Files.isExecutable(CHROMIUM) || !Files.isExecutable(CHROMEDRIVER)) {
      throw new AssertionError(
          "Chromium is missing: apt-get install chromium chromium-driver fonts-noto-cjk");
    }
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=" + language,
        "--accept-lang=" + language,
        "--user-data-dir=" + profile.toAbsolutePath());
    options.addArguments(more);
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(program.toFile()).build();
    ChromeDriver driver = new ChromeDriver(service, options);
    return new Screen(driver, driver::quit);
  }

  /**
   * A tab of its own in this browser, as it would be in a new one: pages of this product keep
   * nothing but cookies. Closing it leaves the browser open, without its cookies and history.
   */
  Screen lent() {
    String home = driver.getWindowHandle();
    newTab();
    return new Screen(driver, () -> forget(home));
  }

  private void forget(String home) {
    for (String handle : driver.getWindowHandles()) {
      if (!handle.equals(home)) {
        driver.switchTo().window(handle);
        driver.close();
      }
    }
    driver.switchTo().window(home);
    Object _ = driver.executeCdpCommand("Network.clearBrowserCookies", Map.of());
  }

  /** Types into whatever has the focus, as somebody without a mouse does. */
  void type(CharSequence... keys) {
    driver.switchTo().activeElement().sendKeys(keys);
  }

  /** The id of what has the focus. */
  String focus() {
    return String.valueOf(driver.switchTo().activeElement().getAttribute("id"));
  }

  /** Presses the tab key until the element has the focus, as somebody without a mouse does. */
  void tabTo(String id) {
    for (int i = 0; i < 200 && !focus().equals(id); i++) {
      type(Keys.TAB);
    }
    if (!focus().equals(id)) {
      throw new AssertionError("the tab key does not lead to " + id);
    }
  }

  /** Whether anything of the page is cut off at the right. */
  boolean isCut() {
    return Boolean.parseBoolean(
        script("return document.documentElement.scrollWidth > window.innerWidth"));
  }

  /** Plugs a security key in that verifies its user; it is touched at once. */
  VirtualAuthenticator plugSecurityKey() {
    return driver.addVirtualAuthenticator(
        new VirtualAuthenticatorOptions()
            .setProtocol(VirtualAuthenticatorOptions.Protocol.CTAP2)
            .setTransport(VirtualAuthenticatorOptions.Transport.USB)
            .setHasResidentKey(true)
            .setHasUserVerification(true)
            .setIsUserVerified(true)
            .setIsUserConsenting(true));
  }

  /** Whether somebody touches the security key when it asks. */
  void touched(VirtualAuthenticator key, boolean touched) {
    Object _ =
        driver.executeCdpCommand(
            "WebAuthn.setAutomaticPresenceSimulation",
            Map.of("authenticatorId", key.getId(), "enabled", touched));
  }

  /** The value of a cookie, one that scripts do not see too. */
  String cookie(String name) {
    return Objects.requireNonNull(driver.manage().getCookieNamed(name), name).getValue();
  }

  /**
   * Does a task and prints its clicks and seconds, for docs/performance.md. The PIN and the touch
   * are nobody's, so they take no time; the seconds are those of the machine.
   *
   * @return how often something was clicked
   */
  int task(String name, Runnable steps) {
    int before = clicks;
    long begun = System.nanoTime();
    steps.run();
    int taken = clicks - before;
    System.out.printf(
        Locale.ROOT, "task | %s | %d | %.2f s |%n", name, taken, (System.nanoTime() - begun) / 1e9);
    return taken;
  }

  /** Presses what a selector finds first. */
  void pressFirst(String selector) {
    clicks++;
    wait.until(ExpectedConditions.elementToBeClickable(By.cssSelector(selector))).click();
  }

  /** Runs a script that calls its last argument with its result, and returns that as text. */
  String asyncScript(String script, String... arguments) {
    return String.valueOf(driver.executeAsyncScript(script, (Object[]) arguments));
  }

  void go(String url) {
    driver.get(url);
  }

  /** Goes back as the browser's own button does. */
  void back() {
    driver.navigate().back();
  }

  /** Which tab is in front. */
  String tab() {
    return driver.getWindowHandle();
  }

  /** Opens a further tab, in front. */
  void newTab() {
    driver.switchTo().newWindow(WindowType.TAB);
  }

  /** Brings a tab to the front: one behind is hidden and its page rests. */
  void toTab(String tab) {
    driver.switchTo().window(tab);
    Object _ = driver.executeCdpCommand("Page.bringToFront", Map.of());
  }

  String url() {
    return String.valueOf(driver.getCurrentUrl());
  }

  /** Waits until the element is there and visible. */
  WebElement see(String id) {
    return wait.until(ExpectedConditions.visibilityOfElementLocated(By.id(id)));
  }

  /** Waits until the element can be pressed, and presses it. */
  void press(String id) {
    clicks++;
    wait.until(ExpectedConditions.elementToBeClickable(By.id(id))).click();
  }

  void waitGone(String id) {
    wait.until(ExpectedConditions.invisibilityOfElementLocated(By.id(id)));
  }

  /**
   * Gives a field its value at once; keys typed into a date field mean something else in each
   * language.
   */
  void fill(String id, String value) {
    driver.executeScript("arguments[0].value = arguments[1]", see(id), value);
  }

  /** Chooses a file in a file field. */
  void choose(String id, Path file) {
    see(id).sendKeys(file.toAbsolutePath().toString());
  }

  /** Runs a script in the page and returns its value as text. */
  String script(String script) {
    return String.valueOf(driver.executeScript(script));
  }

  /**
   * Lets the page hear {@code status} from now on when it asks the agent: no stick can be plugged
   * in where this browser runs.
   */
  void agentSays(String status) {
    driver.executeScript(
        """
        const [status, real] = [arguments[0], window.fetch];
        window.fetch = (url, options) =>
            url.endsWith("/v1/status") ? Promise.resolve(new Response(status)) : real(url, options);
        """,
        status);
  }

  /** Waits for a refusal with this code on the page and returns all its text. */
  String seeRefusal(String code) {
    return seeRefusal("refusal", code);
  }

  /** As {@link #seeRefusal(String)}, in another part of the page. */
  String seeRefusal(String id, String code) {
    wait.until(ExpectedConditions.attributeToBe(By.id(id), "data-code", code));
    return see(id).getText();
  }

  /** An attribute of an element that is there, seen or not. */
  String attribute(String id, String name) {
    return String.valueOf(driver.findElement(By.id(id)).getAttribute(name));
  }

  /** Whether a person would see this element, which the page has. */
  boolean shows(String id) {
    return driver.findElement(By.id(id)).isDisplayed();
  }

  /** Whether the page has such an element. */
  boolean has(String id) {
    return !driver.findElements(By.id(id)).isEmpty();
  }

  /** Waits until the page says what stands in the way of a login. */
  void seeStatus(String problem) {
    wait.until(ExpectedConditions.attributeToBe(By.id("status"), "data-code", problem));
  }

  /** Waits until an element's attribute has this value. */
  void seeAttribute(String id, String name, String value) {
    wait.until(ExpectedConditions.attributeToBe(By.id(id), name, value));
  }

  /** Waits until {@code condition} holds. */
  void waitUntil(String what, java.util.function.BooleanSupplier condition) {
    Programs.await(what, Duration.ofSeconds(20), condition);
  }

  /** The refusal code that this browser's session gets from a route. */
  String refusalOf(String path) {
    Object code =
        driver.executeAsyncScript(
            "const done = arguments[1]; fetch(arguments[0]).then(r => r.json()).then(b => done(b.refusal))",
            path);
    return String.valueOf(code);
  }

  void waitForPath(String path) {
    wait.until(ExpectedConditions.urlMatches(".*" + path + "(\\?.*)?$"));
  }

  /** Scrolls down until the element ends the view. */
  void scrollTo(String id) {
    driver.executeScript("arguments[0].scrollIntoView({ block: 'end' })", see(id));
  }

  /** Saves what the clerk sees to {@code target/screenshots/NAME.png}. */
  void picture(String name) {
    try {
      Files.createDirectories(PICTURES);
      Files.write(PICTURES.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What axe finds wrong with the page, each as id and help text. */
  List<String> accessibilityFaults() {
    return new AxeBuilder().analyze(driver).getViolations().stream().map(Screen::describe).toList();
  }

  private static String describe(Rule rule) {
    return rule.getId() + ": " + rule.getHelp() + " " + rule.getNodes();
  }

  /** The page's whole source, for what must not be in it. */
  String source() {
    return String.valueOf(driver.getPageSource());
  }

  @Override
  public void close() {
    end.run();
  }
}
