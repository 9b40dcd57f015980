package jp.sekisho.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.keycloak.authentication.AuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.services.managers.DefaultBruteForceProtector;

/** What every step and condition of ours is to Keycloak, whatever it asks. */
class StepFactoryTest {
  static Stream<AuthenticatorFactory> factories() {
    return Stream.of(
        new CardAuthenticatorFactory(),
        new PasskeyAuthenticatorFactory(),
        new LevelFactory(),
        new TerminalConditionFactory());
  }

  @ParameterizedTest
  @MethodSource("factories")
  void noOtherStepCanRunInItsPlace(AuthenticatorFactory factory) {
    assertEquals(
        EnumSet.of(Requirement.REQUIRED, Requirement.DISABLED),
        EnumSet.copyOf(List.of(factory.getRequirementChoices())));
    assertFalse(factory.isUserSetupAllowed());
  }

  /** One without a category is counted, too. */
  @ParameterizedTest
  @MethodSource("factories")
  void aRefusalByItIsNotForTheLockOut(AuthenticatorFactory factory) {
    String category = factory.getReferenceCategory();
    assertNotNull(category);
    assertFalse(DefaultBruteForceProtector.ALLOWED_AUTHENTICATION_CATEGORIES.contains(category));
  }
}
