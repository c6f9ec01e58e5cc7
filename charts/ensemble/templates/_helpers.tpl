{{- define "paddock-ensemble.fullname" -}}
{{- default .Release.Name .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "paddock-ensemble.labels" -}}
app.kubernetes.io/name: paddock
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/part-of: paddock
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* What is asked of the spec here, with the CRD's defaults: as JSON. */}}
{{- define "paddock-ensemble.facts" -}}
{{- $spec := .Values.spec }}
{{- $tls := default dict $spec.tls }}
{{- $client := default dict $tls.client }}
{{- $image := default dict $spec.image }}
{{- $mode := default "Optional" $client.mode }}
{{- $repository := default "paddock-server" $image.repository }}
{{- $version := default .Chart.AppVersion $spec.version }}
{{- $given := default dict (default dict $tls.provider).given }}
{{- dict
  "voters" (default 3 (default dict $spec.voters).replicas)
  "quorum" (default "Required" (default dict $tls.quorum).mode)
  "mode" $mode
  "port" (ternary 2181 2281 (eq $mode "Disabled"))
  "secret" (default (printf "%s-client-tls" (include "paddock-ensemble.fullname" .)) $given.client)
  "image" (ternary (printf "%s@%s" $repository $image.digest) (printf "%s:%s" $repository $version) (not (empty $image.digest)))
  | toJson }}
{{- end }}
