package jp.sekisho.audit.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What can be said of verify.html without a browser; VerifyPageIT of e2e runs it in one. */
class PageTest {
  private static String page() throws Exception {
    return new String(BundleWriter.page(), StandardCharsets.UTF_8);
  }

  private static String between(String text, String from, String to) {
    Matcher matcher =
        Pattern.compile(Pattern.quote(from) + "(.*?)" + Pattern.quote(to), Pattern.DOTALL)
            .matcher(text);
    assertTrue(matcher.find(), from);
    return matcher.group(1);
  }

  @Test
  void thePolicyNamesThisScriptAndThisStyleAndNothingElse() throws Exception {
    String page = page();
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    String hashes = "";
    for (String element : List.of("script", "style")) {
      String inside = between(page, "<" + element + ">", "</" + element + ">");
      String hash =
          Base64.getEncoder()
              .encodeToString(sha256.digest(inside.getBytes(StandardCharsets.UTF_8)));
      hashes += element + "-src 'sha256-" + hash + "'; ";
    }
    assertEquals(
        "default-src 'none'; " + hashes + "base-uri 'none'; form-action 'none'",
        between(page, "Content-Security-Policy\" content=\"", "\""));
  }

  @Test
  void nothingInItLeadsElsewhere() throws Exception {
    String page = page();
    for (String way :
        List.of("http:", "https:", "src=", "href=", "fetch(", "XMLHttp", "innerHTML", "eval(")) {
      assertFalse(page.contains(way), way);
    }
  }

  @Test
  void validIsShownInOnePlaceOnly() throws Exception {
    assertEquals(2, page().split(Pattern.quote("show(\"valid\""), -1).length);
  }
}
