package io.pgcdc.routes.page;

import java.util.List;
import java.util.stream.IntStream;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

import static io.pgcdc.routes.page.FakePipelines.copying;
import static io.pgcdc.routes.page.FakePipelines.error;
import static io.pgcdc.routes.page.FakePipelines.figures;
import static io.pgcdc.routes.page.FakePipelines.inError;
import static io.pgcdc.routes.page.FakePipelines.manyTables;
import static io.pgcdc.routes.page.FakePipelines.pipeline;
import static io.pgcdc.routes.page.FakePipelines.streaming;
import static io.pgcdc.routes.page.FakePipelines.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/** The page as a browser shows it. Pictures of it are in target/page. */
class PageInChromiumIT {

    private static final String HOSTILE = "public.<img src=x onerror=\"document.title='run'\">";
    private static final String[] SHOP = {
            streaming("public.customers"), streaming("public.orders"), streaming("public.order_items"),
            streaming("public.products") };

    private static Chromium chromium;

    private final FakePipelines pipelines = new FakePipelines();
    private PageServer server;

    @BeforeAll
    static void open() throws Exception {
        assumeThat(Chromium.isInstalled()).as(Chromium.MISSING).isTrue();
        chromium = Chromium.start();
    }

    @AfterAll
    static void quit() throws Exception {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void reset() {
        chromium.size(1280, 800).dark(false);
        chromium.messages();
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
    }

    private void show() throws Exception {
        server = PageServer.startWithHistory(pipelines);
        chromium.open(server.url());
    }

    private static List<String> tables() {
        return chromium.all(".row").stream().map(row -> row.getDomAttribute("data-table")).toList();
    }

    @Test
    void a_pipeline_that_runs_is_shown_with_its_tables_and_figures() throws Exception {
        pipelines.say(millis -> pipeline("shop", "running", figures(millis), SHOP));
        show();
        chromium.awaitText("h1", "All is well");
        assertThat(chromium.text(".pipeline"))
                .contains("shop", "Running", "database shop", "4 tables, all streaming", "60,000 rows copied", "/s")
                .containsPattern("Lag\n0\\.\\d s").containsPattern("WAL kept\n[12]\\d(\\.\\d)? MiB")
                .doesNotContain("undefined", "NaN");
        assertThat(chromium.find(".figure .curve").getDomAttribute("d").split("L")).hasSizeGreaterThan(140);
        assertThat(chromium.find(".chart").getDomAttribute("aria-label")).startsWith("Changes over the last 5 min: now ");
        assertThat(chromium.find("#attention").isDisplayed()).isFalse();
        chromium.picture("running-light");
        chromium.dark(true).picture("running-dark");
        chromium.dark(false).size(1600, 900).picture("running-1600");
        chromium.size(400, 1100).picture("running-400");
        assertThat(chromium.script("return document.documentElement.scrollWidth")).isEqualTo(400L);
        assertThat(chromium.messages()).isEmpty();
    }

    @Test
    void a_copy_is_shown_with_its_progress_and_the_time_that_is_left() throws Exception {
        long began = System.currentTimeMillis() - 150_000;
        pipelines.say(millis -> pipeline("shop", "running", figures(millis, Math.max(0, millis - began) * 48),
                copying("public.order_items", 0.38, 96), copying("public.orders", 0.812, 12), streaming("public.customers"),
                waiting("public.payments"), waiting("public.invoices")));
        show();
        chromium.awaitText("h1", "Copying 2 tables");
        assertThat(tables()).containsExactly("public.order_items", "public.orders", "public.invoices", "public.payments",
                "public.customers");
        assertThat(chromium.text(".row")).contains("Copying", "38 %", "1 min 36 s left", "9,120,000 rows");
        assertThat(chromium.find(".row progress").getDomProperty("value")).isEqualTo("0.38");
        assertThat(chromium.text(".pipeline")).contains("Copying 2", "Waiting 2", "Rows copied", "48,");
        // docs/page.png and docs/page-dark.png
        chromium.size(1280, 700).picture("copying-light");
        chromium.dark(true).picture("copying-dark");
        chromium.size(400, 1500).dark(false).picture("copying-400");
    }

    @Test
    void what_is_wrong_comes_first_with_what_to_do() throws Exception {
        pipelines.say(millis -> pipeline("shop", "running", figures(millis), streaming("public.customers"),
                inError("public.invoices",
                        "A change of public.invoices at 2/8F2FF010 failed at the destination (SQLSTATE 22003)",
                        "ALTER TABLE invoices ALTER COLUMN total TYPE numeric(20,2);"))
                                + "," + pipeline("billing", "failed", error("AUTHENTICATION",
                                        "The password of user pgcdc is not accepted by the server. Set the option password",
                                        "Set the option password")));
        show();
        chromium.awaitText("h1", "1 pipeline has failed");
        List<String> problems = chromium.all(".problem").stream().map(WebElement::getText).toList();
        assertThat(problems).hasSize(2);
        assertThat(problems.get(0)).contains("billing has failed", "is not accepted by the server.\n", "What to do",
                "Set the option password");
        assertThat(problems.get(1)).contains("public.invoices is in Error", "SQLSTATE 22003", "ALTER TABLE invoices");
        assertThat(chromium.script("return document.title")).asString().contains("1 pipeline has failed");
        chromium.size(1280, 1150).picture("problems-light");
        chromium.dark(true).picture("problems-dark");
        chromium.size(400, 2000).dark(false).picture("problems-400");
    }

    @Test
    void a_name_that_looks_like_html_is_shown_and_not_run() throws Exception {
        String script = "<script>document.title='run'</script><svg onload=\"document.title='run'\">";
        pipelines.say(millis -> pipeline("</script><b>shop", "retrying", figures(millis) + error("CONNECTION", script, script),
                inError(HOSTILE, script, script), copying("public.\"'><h1>run", 0.5, 10)));
        show();
        chromium.awaitText("h1", "1 table needs attention");
        assertThat(chromium.text("body")).contains(HOSTILE, script, "</script><b>shop", "public.\"'><h1>run");
        assertThat(chromium.all("main img, main script, main b, main h1, main svg[onload]")).isEmpty();
        assertThat(chromium.script("return document.title")).asString().doesNotContain("run");
        chromium.size(1280, 900).picture("hostile");
    }

    @Test
    void no_other_script_can_run() throws Exception {
        pipelines.say(millis -> pipeline("shop", "running", figures(millis), SHOP));
        show();
        chromium.awaitText("h1", "All is well");
        for (String attempt : List.of("document.body.innerHTML = \"<img src=x onerror='document.title = 1'>\"",
                "const s = document.createElement('script'); s.append('document.title = \"run\"'); document.body.append(s)",
                "const b = document.createElement('b'); b.setAttribute('onclick', 'document.title = \"run\"'); b.click()",
                "document.createElement('script').src = 'https://evil.example/run.js'",
                "setTimeout('document.title = \"run\"', 0)")) {
            chromium.script("try { " + attempt + " } catch (refused) { }");
            assertThat(chromium.script("return document.title")).as(attempt).isEqualTo("All is well · pgcdc");
        }
        assertThat(chromium.messages()).asString().contains("TrustedHTML", "TrustedScript");
    }

    @Test
    void a_thousand_tables_are_filtered_and_those_in_error_and_being_copied_come_first() throws Exception {
        String[] tables = manyTables(1000);
        pipelines.say(millis -> pipeline("shop", "running", figures(millis), tables));
        show();
        chromium.awaitText("h1", "1 table needs attention");
        assertThat(tables()).hasSize(25).startsWith("public.invoices", "public.events", "tenant_000.orders_250");
        assertThat(chromium.text(".more")).contains("25 of 1,000 shown");
        chromium.size(1280, 1000).picture("thousand");
        chromium.button("Show more").click();
        assertThat(tables()).hasSize(125);
        // the shortcut for the filter
        chromium.driver().switchTo().activeElement().sendKeys("/");
        chromium.driver().switchTo().activeElement().sendKeys("ORDERS_77");
        assertThat(tables()).hasSize(11).contains("tenant_077.orders_77", "tenant_020.orders_770");
        chromium.find("input.filter").sendKeys("x");
        assertThat(tables()).isEmpty();
        assertThat(chromium.text(".more")).contains("No table matches");
        chromium.find("input.filter").clear();
        chromium.find("input.filter").sendKeys(Keys.SPACE);
        chromium.find(".chip.bad").click();
        assertThat(tables()).containsExactly("public.invoices");
        chromium.find(".chip.bad").click();
        double millis = ((Number) chromium.script(
                "const start = performance.now(); for (let i = 0; i < 20; i++) render(last); return (performance.now() - start) / 20"))
                .doubleValue();
        assertThat(millis).as("milliseconds to show an answer").isLessThan(50);
    }

    @Test
    void buttons_pause_resume_and_resync() throws Exception {
        pipelines.say(millis -> pipeline("shop", pipelines.calls().contains("pause shop") ? "paused" : "running",
                figures(millis), streaming("public.customers"),
                inError("public.orders", "The route failed", "Mend the route")));
        show();
        chromium.awaitText(".pipeline", "Running");
        chromium.button("Pause shop").click();
        chromium.awaitText("#done", "shop is paused");
        chromium.awaitText(".pipeline h2", "Paused");
        chromium.awaitText("#attention", "shop is paused");
        chromium.size(1280, 900).picture("paused");
        chromium.button("Resume shop").click();
        chromium.awaitText("#done", "shop goes on");

        chromium.button("Resync public.customers").click();
        chromium.awaitText("dialog", "Copy public.customers again?");
        chromium.picture("dialog");
        chromium.button("Cancel").click();
        assertThat(pipelines.calls()).containsExactly("pause shop", "resume shop");
        chromium.find(".problem .actions button").click();
        chromium.awaitText("dialog", "Copy public.orders again?");
        chromium.button("Copy again").click();
        chromium.awaitText("#done", "public.orders is being copied again");
        assertThat(pipelines.calls()).containsExactly("pause shop", "resume shop", "resync shop public.orders");
    }

    @Test
    void buttons_are_reached_and_pressed_by_keyboard() throws Exception {
        pipelines.say(millis -> pipeline("shop", "running", figures(millis), SHOP));
        show();
        chromium.awaitText("h1", "All is well");
        chromium.find("body").sendKeys(Keys.TAB);
        assertThat(chromium.driver().switchTo().activeElement().getDomAttribute("aria-label")).isEqualTo("Pause shop");
        chromium.driver().switchTo().activeElement().sendKeys(Keys.TAB);
        WebElement resync = chromium.driver().switchTo().activeElement();
        assertThat(resync.getDomAttribute("aria-label")).isEqualTo("Resync public.customers");
        // an answer that comes meanwhile leaves the focus where it is
        chromium.script("return refresh()");
        assertThat(chromium.driver().switchTo().activeElement()).isEqualTo(resync);
        resync.sendKeys(Keys.ENTER);
        chromium.awaitText("dialog", "Copy public.customers again?");
        chromium.driver().switchTo().activeElement().sendKeys(Keys.ESCAPE);
        await().until(() -> !chromium.find("dialog").isDisplayed());
        assertThat(chromium.driver().switchTo().activeElement()).isEqualTo(resync);
        assertThat(pipelines.calls()).isEmpty();
    }

    @Test
    void what_can_not_be_done_is_told() throws Exception {
        pipelines.say(millis -> pipeline("shop", "running", figures(millis), SHOP));
        pipelines.failWith(new PgCdcException(ErrorCode.CONFIGURATION, "The pipeline only copies", "Use another"));
        show();
        chromium.awaitText("h1", "All is well");
        chromium.button("Pause shop").click();
        chromium.awaitText("#done", "pause shop: The pipeline only copies. Use another");
    }

    @Test
    void without_control_there_are_no_buttons() throws Exception {
        pipelines.say(millis -> pipeline("shop", "running", figures(millis), streaming("public.customers"),
                inError("public.orders", "The route failed", "Mend the route")));
        server = PageServer.start(pipelines, false);
        chromium.open(server.url());
        chromium.awaitText("h1", "1 table needs attention");
        assertThat(chromium.driver().findElements(By.tagName("button")).stream().filter(WebElement::isDisplayed)
                .map(WebElement::getText))
                .allMatch(label -> label.equals("Copy") || label.startsWith("Error ") || label.startsWith("Streaming "));
        assertThat(chromium.text("footer")).contains("pgcdc.page.control=true");
    }

    @Test
    void figures_of_a_server_that_does_not_answer_are_marked_as_old() throws Exception {
        pipelines.say(millis -> pipeline("shop", "running", figures(millis), SHOP));
        show();
        chromium.awaitText("h1", "All is well");
        server.context().getRouteController().stopRoute("pgcdc-page-status");
        chromium.awaitText("#notice", "The server does not answer. What you see is from ");
        assertThat(chromium.find("body").getDomAttribute("class")).contains("stale");
        assertThat(chromium.button("Pause shop").isEnabled()).isFalse();
        assertThat(chromium.text("#live")).isEqualTo("no answer");
        chromium.picture("stale");
        server.context().getRouteController().startRoute("pgcdc-page-status");
        await().until(() -> !chromium.find("#notice").isDisplayed());
        assertThat(chromium.button("Pause shop").isEnabled()).isTrue();
    }

    @Test
    void a_page_without_pipelines_says_what_makes_one() throws Exception {
        show();
        chromium.awaitText("h1", "No pipeline yet");
        assertThat(chromium.text("#empty")).contains("from(\"pgcdc:…\")");
        chromium.picture("empty");
        pipelines.say(millis -> pipeline("shop", "starting", ""));
        chromium.awaitText("h1", "Starting");
        assertThat(chromium.find("#empty").isDisplayed()).isFalse();
        assertThat(chromium.text(".pipeline")).doesNotContain("undefined", "NaN");
    }

    @Test
    void every_state_has_its_word() throws Exception {
        List<String> states = List.of("starting", "running", "paused", "standby", "retrying", "failed", "stopped", "completed");
        pipelines.say(IntStream.range(0, states.size())
                .mapToObj(i -> pipeline("p" + i, states.get(i), "", streaming("public.orders"))).toArray(String[]::new));
        show();
        chromium.awaitText("h1", "1 pipeline has failed");
        assertThat(chromium.all(".pipeline h2 .pill")).extracting(WebElement::getText)
                .containsExactly("Starting", "Running", "Paused", "Standby", "Retrying", "Failed", "Stopped", "Completed");
        assertThat(chromium.text("#pipelines")).contains("another instance reads; this one takes over when that goes");
        assertThat(chromium.hasButton("Pause p1")).isTrue();
        assertThat(chromium.hasButton("Resume p2")).isTrue();
        assertThat(chromium.hasButton("Pause p3")).isFalse();
        chromium.size(1280, 2600).picture("states");
        pipelines.say(pipeline("p", "standby", ""));
        chromium.awaitText("h1", "Standing by");
    }

    @Test
    void a_slot_that_is_about_to_be_lost_is_told() throws Exception {
        pipelines.say(millis -> pipeline("shop", "running",
                ",\"retention\":{\"bytes\":12000000000,\"safeWalSize\":-4096,\"walStatus\":\"unreserved\"}", SHOP));
        show();
        chromium.awaitText("h1", "1 slot is at risk");
        assertThat(chromium.text("#attention")).contains("max_slot_wal_keep_size");
    }
}
