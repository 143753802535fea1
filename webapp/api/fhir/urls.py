from django.urls import path

from webapp.api.fhir.views import FhirReadView, FhirSearchView, capability_statement
from webapp.api.oauth.views import smart_configuration

urlpatterns = [
    path("metadata", capability_statement, name="fhir_metadata"),
    path(".well-known/smart-configuration", smart_configuration, name="fhir_smart_configuration"),
    path("<str:resource_type>", FhirSearchView.as_view(), name="fhir_search"),
    path("<str:resource_type>/<str:resource_id>", FhirReadView.as_view(), name="fhir_read"),
]
