package jp.sekisho.smartcard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Locale;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.CardText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DiagnosisTest {
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CARD")
  void everyFindingSaysWhatItIsAndWhatToDo(Diagnosis.Code code) {
    for (Locale locale : new Locale[] {Locale.JAPANESE, Locale.ENGLISH}) {
      assertFalse(CardText.message(locale, "cli.doctor." + code + ".what").isBlank());
      if (code != Diagnosis.Code.OK) {
        assertFalse(CardText.message(locale, "cli.doctor." + code + ".do").isBlank());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "OK,OK,0",
    "OK,RESIDENT,0",
    "SHARED,REMOTE_FORWARDED,0",
    "OK,EMPTY,1",
    "OK,LOCKED,1",
    "CARD,OK,1",
    "EMPTY,NO_ROLE,3",
    "OK,SERVICE_STOPPED,3",
    "OK,READER_TAKEN,3",
    "OK,REMOTE_REDIRECTED,3",
  })
  void theExitCodeTellsWhoCanHelp(Diagnosis.Code first, Diagnosis.Code second, int exitCode) {
    assertEquals(
        exitCode,
        DoctorCommand.exitCode(
            List.of(
                Diagnosis.Finding.of("reader", "", first, ""),
                Diagnosis.Finding.of("card", "", second, ""))));
  }

  @Test
  void adviceAboutACardIsTwoSentencesInEitherLanguage() {
    assertEquals(
        "職員証をリーダーに入れて（かざして）ください。" + "直らない場合は情報システム担当（ヘルプデスク）に、表示された符号を伝えてください。",
        DoctorCommand.cardTodo(CardFailure.NO_CARD, Locale.JAPANESE));
    assertEquals(
        "Put your staff card into (or onto) the reader. "
            + "If this does not help, call the IT help desk and tell them the code shown.",
        DoctorCommand.cardTodo(CardFailure.NO_CARD, Locale.ENGLISH));
  }

  @Test
  void aReaderBesideWorkingOnesThatTheServiceDoesNotHoldIsNamed() {
    List<Diagnosis.Finding> found =
        Diagnosis.unused(
            List.of(
                new UsbReaders.Plugged("Works", "usbfs"),
                new UsbReaders.Plugged("No driver", ""),
                new UsbReaders.Plugged("Taken", "pn533_usb")));
    assertEquals(
        List.of("No driver READER_WITHOUT_DRIVER", "Taken READER_TAKEN"),
        found.stream().map(one -> one.subject() + " " + one.name()).toList());
  }
}
