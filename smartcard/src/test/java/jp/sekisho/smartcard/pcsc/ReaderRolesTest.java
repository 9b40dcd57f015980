package jp.sekisho.smartcard.pcsc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ReaderRolesTest {
  private static final Apdu SELECT_PIV =
      Apdu.select(HexFormat.of().parseHex("A000000308000010000100"));

  private static ReaderRoles roles(String... rules) {
    return new ReaderRoles(Arrays.stream(rules).map(ReaderRoles.Rule::parse).toList());
  }

  @Test
  void aReaderNobodyListedIsResident() {
    assertEquals(ReaderRole.RESIDENT, ReaderRoles.none().roleOf("ACS ACR39U 00 00"));
    assertTrue(ReaderRoles.none().grant("ACS ACR39U 00 00").isEmpty());
    assertEquals(ReaderRole.RESIDENT, roles("ACS*=staff").roleOf("Sony RC-S380 00 00"));
  }

  @Test
  void theFirstMatchingPatternCountsAndAPatternIsTheWholeName() {
    ReaderRoles roles = roles("ACS * 00=resident", "ACS*=staff", "Sony.RC*=staff");
    assertEquals(ReaderRole.RESIDENT, roles.roleOf("ACS ACR39U 00 00"));
    assertEquals(ReaderRole.STAFF, roles.roleOf("ACS ACR39U 00 01"));
    assertEquals(ReaderRole.RESIDENT, roles.roleOf("My ACS ACR39U 00 01"));
    assertEquals(ReaderRole.RESIDENT, roles.roleOf("Sony RC-S380"), "a dot is a dot");
    ReaderRoles stars = roles("A*B*A=resident", "*x*=staff", "*=shared");
    assertEquals(ReaderRole.RESIDENT, stars.roleOf("ABA"));
    assertEquals(ReaderRole.RESIDENT, stars.roleOf("A x B x A"));
    assertEquals(ReaderRole.SHARED, stars.roleOf("AB"), "no character counts twice");
    assertEquals(ReaderRole.SHARED, stars.roleOf("ABBB"));
    assertEquals(ReaderRole.STAFF, stars.roleOf("x"));
    assertEquals(ReaderRole.SHARED, stars.roleOf(""));
  }

  @Test
  void aSharedReaderIsGrantedOnlyWhileThePromptIsOpen() {
    ReaderRoles roles = roles("*=shared");
    PromptScope prompt = new PromptScope();
    assertTrue(roles.grant("R").isEmpty());
    GrantedReader granted = roles.grant("R", prompt).orElseThrow();
    assertTrue(granted.isValid());
    prompt.close();
    assertFalse(granted.isValid());
    assertTrue(roles.grant("R", prompt).isEmpty());
    assertEquals(List.of(), roles.grantAll(List.of("R"), prompt));
  }

  @Test
  void aResidentReaderIsNotGrantedEvenWithAPrompt() {
    assertTrue(roles("*=resident").grant("R", new PromptScope()).isEmpty());
    assertThrows(
        IllegalArgumentException.class,
        () -> new GrantedReader(roles(), "R", ReaderRole.RESIDENT, new PromptScope()));
  }

  @Test
  void ofTwoReadersOfAModelWithDifferentRolesNoneIsTouched() throws CardException {
    for (String[] names :
        new String[][] {
          {"ACS ACR39U 00 00", "ACS ACR39U 01 00"},
          {"ACS ACR39U 0", "ACS ACR39U 1"},
          {"ACS ACR39U 0", "ACS ACR39U 10"}
        }) {
      boolean windows = names[0].endsWith(" 0");
      ScriptedService service = windows ? ScriptedService.windows() : ScriptedService.linux();
      service.reader(names[0], 0x10020).reader(names[1], 0x10020);
      GrantedReader staff = roles(names[0] + "=staff").grant(names[0]).orElseThrow();
      PcscContext context = PcscContext.establish(service.winscard());
      CardException e = assertThrows(CardException.class, () -> context.connect(staff));
      assertEquals(CardFailure.READER_NOT_GRANTED, e.failure());
      assertTrue(service.called().stream().noneMatch(name -> name.startsWith("SCardConnect")));
      service.unplug(names[1]);
      context.connect(staff).close();
    }
  }

  @Test
  void aSlotASerialNumberAnotherModelOrTheSameRoleTellsReadersApart() {
    String reader = "ACS ACR39U 00 00";
    ReaderRoles roles = roles(reader + "=staff", "Same*=staff", "*(11)*=staff", "X * 00=staff");
    assertFalse(roles.isConfusable(reader, List.of(reader, "ACS ACR39U 00 01")));
    assertFalse(roles.isConfusable(reader, List.of(reader, "ACS ACR39 01 00")));
    assertFalse(roles.isConfusable("Same 00 00", List.of("Same 00 00", "Same 01 00")));
    assertFalse(roles.isConfusable("A (11) 00 00", List.of("A (11) 00 00", "A (12) 01 00")));
    assertFalse(roles.isConfusable("X 00 00", List.of("X 00 00", "X 00 01", "X 01 00", "X 01 01")));
    assertTrue(roles.isConfusable(reader, List.of(reader, "ACS ACR39U 1F 00")));
    assertFalse(roles.isConfusable("R", List.of("R", "S")));
  }

  @Test
  void namesLongerThanUsualAreAskedForAgain() throws CardException {
    for (ScriptedService service : List.of(ScriptedService.linux(), ScriptedService.windows())) {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        names.add("Reader of a very long name, as makers like them, %02X 00".formatted(i));
        service.reader(names.get(i), 0x10010);
      }
      assertEquals(names, PcscContext.establish(service.winscard()).readers());
    }
  }

  @Test
  void nothingPublicMakesAGrantedReaderExceptReaderRoles() {
    assertEquals(0, GrantedReader.class.getConstructors().length);
    assertTrue(Modifier.isFinal(GrantedReader.class.getModifiers()));
    assertEquals(0, PcscCard.class.getConstructors().length);
    Stream.of(PcscContext.class.getMethods())
        .filter(method -> method.getReturnType() == PcscCard.class)
        .forEach(method ->
            assertEquals(List.of(GrantedReader.class), List.of(method.getParameterTypes())));
  }

  @Test
  void aRuleThatIsNoneIsRefusedWithASentence() {
    for (String text : List.of("staff", "=staff", "R=clerk", "R=")) {
      assertThrows(IllegalArgumentException.class, () -> ReaderRoles.Rule.parse(text), text);
    }
  }

  @Test
  void inASharedReaderOnlyAnAcceptedPivSelectOpensTheWay() throws CardException {
    SharedReaderGate gate = gate();
    Apdu jpki = Apdu.select(HexFormat.of().parseHex("D392F000260100000001"));
    Apdu getData = Apdu.of(0, Apdu.GET_DATA, 0x3F, 0xFF, new byte[] {0x5C, 1, 0x7E});
    assertRefused(gate, jpki);
    assertRefused(gate, getData);
    gate.check(SELECT_PIV);
    gate.answered(SELECT_PIV, Response.of(0x6A82));
    assertRefused(gate, getData);
    gate.answered(SELECT_PIV, Response.of(0x9000));
    gate.check(getData);
    assertRefused(gate, jpki);
    gate.reset();
    assertRefused(gate, getData);
  }

  @Test
  void whenThePromptIsClosedASharedReaderIsNeitherConnectedNorSentAnything() throws CardException {
    for (ScriptedService service :
        new ScriptedService[] {ScriptedService.linux(), ScriptedService.windows()}) {
      service.reader("R", 0x10020);
      PromptScope cancelled = new PromptScope();
      GrantedReader granted = roles("R=shared").grant("R", cancelled).orElseThrow();
      PcscContext context = PcscContext.establish(service.winscard());
      cancelled.close();
      assertNotGranted(() -> context.connect(granted));
      assertEquals(0, count(service, "SCardConnect"));

      PromptScope closedLater = new PromptScope();
      GrantedReader again = roles("R=shared").grant("R", closedLater).orElseThrow();
      try (PcscCard card = context.connect(again)) {
        card.begin();
        closedLater.close();
        assertNotGranted(() -> card.transmit(SELECT_PIV));
        assertNotGranted(card::pinPad);
      }
      assertEquals(1, count(service, "SCardConnect"));
      assertEquals(0, count(service, "SCardTransmit"));
      assertEquals(0, count(service, "SCardControl"));
      assertNotGranted(() -> context.connect(again));
      assertEquals(1, count(service, "SCardConnect"));
    }
  }

  private static long count(ScriptedService service, String function) {
    return service.called().stream().filter(name -> name.startsWith(function)).count();
  }

  private static void assertNotGranted(Executable call) {
    CardException e = assertThrows(CardException.class, call);
    assertEquals(CardFailure.READER_NOT_GRANTED, e.failure());
  }

  private static SharedReaderGate gate() {
    return new SharedReaderGate(
        new GrantedReader(roles(), "R", ReaderRole.SHARED, new PromptScope()));
  }

  private static void assertRefused(SharedReaderGate gate, Apdu command) {
    CardException e = assertThrows(CardException.class, () -> gate.check(command));
    assertEquals(CardFailure.READER_NOT_GRANTED, e.failure());
  }
}
