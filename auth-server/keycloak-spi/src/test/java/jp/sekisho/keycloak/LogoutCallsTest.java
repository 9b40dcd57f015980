package jp.sekisho.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keycloak.events.Event;
import org.keycloak.events.EventType;
import org.keycloak.models.ClientModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;

/** Applications that are told of a logout, some of which do not listen. */
class LogoutCallsTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch over = new CountDownLatch(1);
  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private LogoutCalls.Call call(String path) {
    UserSessionModel session =
        Fake.of(
            UserSessionModel.class,
            Map.of("getUser", Fake.of(UserModel.class, Map.of("getId", "u")), "getId", "sid"));
    return new LogoutCalls.Call(
        "city",
        Fake.of(ClientModel.class, Map.of("getId", "c")),
        session,
        "http://127.0.0.1:" + server.getAddress().getPort() + path,
        "token");
  }

  @Test
  void applicationsThatNeverEndTheirAnswersKeepNoOtherFromBeingTold() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch slow = new CountDownLatch(40);
    server.createContext(
        "/slow",
        exchange -> {
          exchange.sendResponseHeaders(200, 100_000);
          exchange.getResponseBody().write('x');
          exchange.getResponseBody().flush();
          slow.countDown();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.createContext(
        "/quick",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
          told.countDown();
        });
    List<LogoutCalls.Call> calls = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      calls.add(call("/slow"));
    }
    try (LogoutCalls logout = new LogoutCalls(new FakeKeycloak().jobs())) {
      logout.send(calls);
      assertTrue(slow.await(60, TimeUnit.SECONDS), slow.getCount() + " were not called");
      logout.send(List.of(call("/quick")));
      assertTrue(told.await(60, TimeUnit.SECONDS));
    }
  }

  @Test
  void oneThatNeverEndsItsAnswerIsCalledAgain() throws Exception {
    CountDownLatch tries = new CountDownLatch(2);
    server.createContext(
        "/slow",
        exchange -> {
          exchange.sendResponseHeaders(200, 100_000);
          exchange.getResponseBody().write('x');
          exchange.getResponseBody().flush();
          tries.countDown();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    try (LogoutCalls logout = new LogoutCalls(new FakeKeycloak().jobs())) {
      logout.send(List.of(call("/slow")));
      assertTrue(tries.await(60, TimeUnit.SECONDS), "given up after its time");
    }
  }

  @Test
  void anApplicationThatNeverTakesItIsCalledThreeTimesAndThenThereIsALogoutErrorThatNamesIt()
      throws Exception {
    AtomicInteger calls = new AtomicInteger();
    server.createContext(
        "/broken",
        exchange -> {
          calls.incrementAndGet();
          exchange.sendResponseHeaders(500, -1);
          exchange.close();
        });
    FakeKeycloak keycloak = new FakeKeycloak();
    LinkedBlockingQueue<Event> failures = new LinkedBlockingQueue<>();
    try (LogoutCalls logout =
        new LogoutCalls(
            keycloak.jobs(),
            List.of(Duration.ZERO, Duration.ZERO),
            event -> failures.add(event.getEvent()))) {
      logout.send(List.of(call("/broken")));
      Event failure = failures.poll(60, TimeUnit.SECONDS);
      assertEquals(3, calls.get());
      assertEquals(EventType.LOGOUT_ERROR, failure.getType());
      assertEquals("sid", failure.getSessionId());
      assertEquals("groupware", failure.getClientId());
    }
    assertEquals(3, calls.get());
    assertTrue(failures.isEmpty(), "one event");
  }

  @Test
  void anApplicationThatTakesTheSecondCallIsNoLogoutError() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    CountDownLatch told = new CountDownLatch(2);
    server.createContext(
        "/waking",
        exchange -> {
          exchange.sendResponseHeaders(calls.getAndIncrement() == 0 ? 503 : 204, -1);
          exchange.close();
          told.countDown();
        });
    List<Event> failures = new CopyOnWriteArrayList<>();
    try (LogoutCalls logout =
        new LogoutCalls(
            new FakeKeycloak().jobs(),
            List.of(Duration.ZERO, Duration.ZERO),
            event -> failures.add(event.getEvent()))) {
      logout.send(List.of(call("/waking")));
      assertTrue(told.await(60, TimeUnit.SECONDS));
    }
    assertEquals(2, calls.get());
    assertEquals(List.of(), failures);
  }
}
