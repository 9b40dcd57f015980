package jp.sekisho.keycloak;

import java.lang.reflect.Proxy;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Objects of Keycloak's interfaces that answer what a test gives them. */
final class Fake {
  private Fake() {}

  /** An answer that depends on what is asked. */
  @FunctionalInterface
  interface Answer {
    @Nullable Object to(Object[] arguments);
  }

  /**
   * One that answers these methods, by name, with a value or an {@link Answer}; any other is the
   * end of the test.
   */
  static <T> T of(Class<T> type, Map<String, ?> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (!answers.containsKey(method.getName())) {
                throw new AssertionError("nobody asks for " + method);
              }
              Object answer = answers.get(method.getName());
              return answer instanceof Answer asked
                  ? asked.to(arguments == null ? new Object[0] : arguments)
                  : answer;
            }));
  }
}
