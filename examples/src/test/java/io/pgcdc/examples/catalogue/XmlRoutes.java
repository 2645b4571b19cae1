package io.pgcdc.examples.catalogue;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;

import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

import org.apache.camel.catalog.DefaultCamelCatalog;

/** Routes in Camel's XML, by the schema that the catalogue has. */
final class XmlRoutes {

    private static final String NAMESPACE = "http://camel.apache.org/schema/xml-io";
    private static final Schema SCHEMA = schema();

    private XmlRoutes() {
    }

    static List<String> problems(String text) {
        List<String> problems = new ArrayList<>();
        var validator = SCHEMA.newValidator();
        validator.setErrorHandler(new DefaultHandler() {
            @Override
            public void error(SAXParseException problem) {
                problems.add("line " + problem.getLineNumber() + ": " + problem.getMessage());
            }
        });
        try {
            validator.validate(new StreamSource(new StringReader(inNamespace(text))));
        } catch (SAXException | IOException e) {
            problems.add(e.getMessage());
        }
        return problems;
    }

    static List<Endpoint> endpoints(String text) {
        try {
            NodeList elements = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                    .parse(new InputSource(new StringReader(text))).getElementsByTagName("*");
            return IntStream.range(0, elements.getLength()).mapToObj(elements::item).map(Element.class::cast)
                    .filter(element -> element.hasAttribute("uri") || element.hasAttribute("routeTemplateRef"))
                    .map(XmlRoutes::endpoint).toList();
        } catch (SAXException | IOException | ParserConfigurationException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Endpoint endpoint(Element element) {
        if (element.hasAttribute("uri")) {
            return Endpoint.of(element.getTagName(), element.getAttribute("uri"));
        }
        NodeList parameters = element.getElementsByTagName("parameter");
        return Endpoint.producer(Endpoint.ofTemplate(element.getAttribute("routeTemplateRef"),
                IntStream.range(0, parameters.getLength()).mapToObj(i -> (Element) parameters.item(i))
                        .map(parameter -> parameter.getAttribute("name") + "=" + parameter.getAttribute("value"))
                        .collect(Collectors.joining("&"))));
    }

    /** Camel takes routes without a namespace, the schema does not. */
    private static String inNamespace(String text) {
        return text.contains(NAMESPACE) ? text : text.replaceFirst("<(\\w+)", "<$1 xmlns=\"" + NAMESPACE + "\"");
    }

    private static Schema schema() {
        try {
            return SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
                    .newSchema(new StreamSource(new StringReader(new DefaultCamelCatalog().xmlIoSchemaAsXml())));
        } catch (SAXException e) {
            throw new IllegalStateException(e);
        }
    }
}
