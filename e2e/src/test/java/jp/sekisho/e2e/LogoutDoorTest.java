package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The application of the tests believes no token that it should not. */
class LogoutDoorTest {
  private static final String CITY = "https://sso.city.example/realms/city";
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  private final KeyPair pair = pair();

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String encode(String text) {
    return BASE64URL.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private String token(Map<String, String> claims) throws GeneralSecurityException {
    ObjectNode body = new ObjectMapper().createObjectNode();
    body.put("sub", "u").put("jti", "j").put("sid", "s").put("iat", 1).put("exp", 121);
    body.putObject("events").putObject("http://schemas.openid.net/event/backchannel-logout");
    body.put("iss", CITY).put("aud", "groupware");
    claims.forEach(body::put);
    String signed = encode("{\"alg\":\"RS256\",\"kid\":\"k\"}") + "." + encode(body.toString());
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(pair.getPrivate());
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + BASE64URL.encodeToString(signature.sign());
  }

  private void check(String token, String client) {
    RSAPublicKey key = (RSAPublicKey) pair.getPublic();
    ObjectNode keys = new ObjectMapper().createObjectNode();
    keys.putArray("keys")
        .addObject()
        .put("kid", "k")
        .put("n", BASE64URL.encodeToString(key.getModulus().toByteArray()))
        .put("e", BASE64URL.encodeToString(key.getPublicExponent().toByteArray()));
    LogoutDoor.check(token, keys, CITY, client);
  }

  @Test
  void aTokenOfTheRealmForTheApplicationIsBelievedAndNoOther() throws GeneralSecurityException {
    String good = token(Map.of());
    check(good, "groupware");
    assertThrows(AssertionError.class, () -> check(good, "payroll"));
    for (Map<String, String> wrong :
        List.of(
            Map.of("iss", CITY + "x"),
            Map.of("jti", ""),
            Map.of("nonce", "n"),
            Map.of("events", ""))) {
      String token = token(wrong);
      assertThrows(AssertionError.class, () -> check(token, "groupware"), wrong.toString());
    }
    String[] parts = good.split("\\.", -1);
    String other = token(Map.of("sid", "another")).split("\\.", -1)[1];
    assertThrows(
        AssertionError.class,
        () -> check(parts[0] + "." + other + "." + parts[2], "groupware"),
        "signed was another one");
    String none = encode("{\"alg\":\"none\",\"kid\":\"k\"}") + "." + parts[1] + ".";
    assertThrows(AssertionError.class, () -> check(none, "groupware"));
  }
}
