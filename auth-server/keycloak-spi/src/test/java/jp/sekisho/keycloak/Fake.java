package jp.sekisho.keycloak;

import java.lang.reflect.Proxy;
import java.util.Map;

/** Objects of Keycloak's interfaces that answer what a test gives them. */
final class Fake {
  private Fake() {}

  /** One that answers these methods, by name; any other is the end of the test. */
  static <T> T of(Class<T> type, Map<String, ?> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (!answers.containsKey(method.getName())) {
                throw new AssertionError("nobody asks for " + method);
              }
              return answers.get(method.getName());
            }));
  }
}
